#pragma once

// The words of Outlook's Connection Status window and of the programs that list a computer's
// network state: headers, states, session types, labels (data/status/*.toml).
//
// The window has no export, so its text reaches us by copying rows or from a picture, with or
// without headers and in the language of the user's Office. So a column is known by its header's
// words where there are any, else by what its cells hold.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// Columns of the window in any version (KB 2737188).
enum class StatusColumn : std::uint8_t {
  Cid,
  SmtpAddress,
  DisplayName,
  ProxyServer,
  ServerName,
  Status,
  Protocol,
  Authn,
  Encrypt,
  RpcPort,
  Type,
  ReqFail,
  AvgResp,
  AvgProc,
  SessType,
  Interface,
  Conn,
  Notif,
  Rpc,
  Version,
  NetworkCost,
};
inline constexpr std::size_t kStatusColumnCount = 21;
inline constexpr std::array<StatusColumn, kStatusColumnCount> kStatusColumns = {
    StatusColumn::Cid,         StatusColumn::SmtpAddress, StatusColumn::DisplayName,
    StatusColumn::ProxyServer, StatusColumn::ServerName,  StatusColumn::Status,
    StatusColumn::Protocol,    StatusColumn::Authn,       StatusColumn::Encrypt,
    StatusColumn::RpcPort,     StatusColumn::Type,        StatusColumn::ReqFail,
    StatusColumn::AvgResp,     StatusColumn::AvgProc,     StatusColumn::SessType,
    StatusColumn::Interface,   StatusColumn::Conn,        StatusColumn::Notif,
    StatusColumn::Rpc,         StatusColumn::Version,     StatusColumn::NetworkCost,
};
[[nodiscard]] std::string_view to_string(StatusColumn column);  ///< "smtp-address" …

struct StatusWords {
  struct Header {
    StatusColumn column;
    std::string text;
    std::string key;  ///< Set by add(): the text as look-ups compare it.
  };
  struct Word {
    StatusColumn column;
    std::string value;  ///< The English word.
    std::string text;   ///< As the window shows it.
    std::string key;
  };
  /// What a program prints before a value: "Host Name" of ipconfig.
  struct Label {
    std::string id;
    std::string text;
    std::string key;
  };
  std::vector<Header> headers;
  std::vector<Word> words;
  std::vector<Label> labels;

  /// Only what was added is found.
  void add(const StatusWords& other);
  /// Case, spaces and punctuation of ASCII do not matter: "Avg. Resp" is "AvgResp".
  [[nodiscard]] std::optional<StatusColumn> header(std::string_view text) const;
  /// The English word for a cell of that column; nothing for a word that no file lists.
  [[nodiscard]] std::optional<std::string_view> word(StatusColumn column,
                                                     std::string_view text) const;
  /// The id of a label; empty when no file lists it.
  [[nodiscard]] std::string_view label(std::string_view text) const;
  /// The first text of that label that stands in `text`; empty when none does.
  [[nodiscard]] std::string_view label_in(std::string_view text, std::string_view id) const;
  /// Whether any text of that label stands in `text`.
  [[nodiscard]] bool contains_label(std::string_view text, std::string_view id) const;
};

}  // namespace dropscope

#pragma once

// The closes of one source. A log has a hundred thousand of them and a few hundred names in them,
// so names are kept once, and a close takes 160 bytes instead of 400.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "evidence/close.h"
#include "evidence/strings.h"

namespace dropscope {

/// A close with its strings.
struct RawClose {
  Close close;  ///< device, server_name, user, reason, protocol, owner and source are set later.
  std::string owner;  ///< Computer; empty where the source is not the client's.
  std::string device;
  std::string server_name;
  std::string user;
  std::string reason;
  std::string protocol;
};

/// Reads like a sequence of RawClose, made as they are asked for.
class CloseList {
 public:
  class Iterator;

  void reserve(std::size_t count) { closes_.reserve(count); }
  void push_back(const RawClose& raw);

  [[nodiscard]] std::size_t size() const { return closes_.size(); }
  [[nodiscard]] bool empty() const { return closes_.empty(); }
  /// `index` is below size().
  [[nodiscard]] RawClose operator[](std::size_t index) const;
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

  /// One as it is kept: its StringIds and `owner` are to be given to text(). All but they may be
  /// changed.
  [[nodiscard]] Close& kept(std::size_t index) { return closes_[index]; }
  [[nodiscard]] const Close& kept(std::size_t index) const { return closes_[index]; }
  [[nodiscard]] const std::string& text(StringId id) const { return strings_.at(id); }
  void set_protocol(std::size_t index, std::string_view protocol);

  /// Moves the closes behind those in `out`, whose strings are `strings`. `name_owner` gives the
  /// index of a computer by its name. Ids are given in the order of the closes. The list is empty
  /// afterwards.
  template <typename NameOwner>
  void move_to(std::vector<Close>& out, StringPool& strings, const NameOwner& name_owner);

 private:
  static constexpr StringId kUnset = ~StringId{0};

  std::vector<Close> closes_;
  StringPool strings_;
};

class CloseList::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = RawClose;
  using difference_type = std::ptrdiff_t;
  using pointer = const RawClose*;
  using reference = RawClose;

  Iterator(const CloseList& list, std::size_t index) : list_(&list), index_(index) {}
  RawClose operator*() const { return (*list_)[index_]; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++index_;
    return before;
  }
  bool operator==(const Iterator&) const = default;

 private:
  const CloseList* list_;
  std::size_t index_;
};

inline CloseList::Iterator CloseList::begin() const {
  return {*this, 0};
}

inline CloseList::Iterator CloseList::end() const {
  return {*this, closes_.size()};
}

template <typename NameOwner>
void CloseList::move_to(std::vector<Close>& out, StringPool& strings, const NameOwner& name_owner) {
  std::vector<StringId> ids(strings_.size(), kUnset);
  const auto move = [&](StringId& id) {
    StringId& moved = ids[id];
    if (moved == kUnset) moved = strings.add(strings_.at(id));
    id = moved;
  };
  for (Close& close : closes_) {
    close.owner = close.owner == 0 ? Close::kNobody : name_owner(strings_.at(close.owner));
    move(close.device);
    move(close.server_name);
    move(close.user);
    move(close.reason);
    move(close.protocol);
  }
  if (out.empty()) {
    out = std::move(closes_);
  } else {
    if (const std::size_t all = out.size() + closes_.size(); all > out.capacity()) {
      out.reserve(std::max(all, 2 * out.capacity()));
    }
    out.insert(out.end(), closes_.begin(), closes_.end());
  }
  closes_.clear();
}

}  // namespace dropscope

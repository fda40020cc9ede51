#include "formats/package/manifest.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace dropscope::package {
namespace {

using Json = nlohmann::ordered_json;

/// A package of ten thousand computers with five items each lists some 10 MB.
constexpr std::size_t kMostBytes = std::size_t{64} << 20;
/// The schema stands at the front; a look at the beginning finds it.
constexpr std::size_t kHeadBytes = 256;

/// Takes members of an object; remembers the first that is not as expected.
class Taker {
 public:
  explicit Taker(std::string place) : place_(std::move(place)) {}

  std::string text(const Json& object, const char* name) {
    const Json* member = find(object, name);
    if (member != nullptr && member->is_null()) return {};
    if (member == nullptr || !member->is_string()) return complain(name, "a text"), std::string();
    return member->get<std::string>();
  }
  std::uint64_t number(const Json& object, const char* name) {
    const Json* member = find(object, name);
    if (member == nullptr || !member->is_number_unsigned()) {
      return complain(name, "a whole number"), 0;
    }
    return member->get<std::uint64_t>();
  }
  bool flag(const Json& object, const char* name) {
    const Json* member = find(object, name);
    if (member == nullptr || !member->is_boolean()) return complain(name, "true or false"), false;
    return member->get<bool>();
  }
  const Json& list(const Json& object, const char* name) {
    static const Json kNone = Json::array();
    const Json* member = find(object, name);
    if (member == nullptr || !member->is_array()) return complain(name, "a list"), kNone;
    return *member;
  }
  std::vector<std::string> texts(const Json& object, const char* name) {
    std::vector<std::string> all;
    for (const Json& each : list(object, name)) {
      if (each.is_string()) {
        all.push_back(each.get<std::string>());
      } else {
        complain(name, "a list of texts");
      }
    }
    return all;
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  static const Json* find(const Json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }
  void complain(const char* name, std::string_view expected) {
    if (problem_.empty()) {
      problem_ = fmt::format("expected {} as member \"{}\" of {}", expected, name, place_);
    }
  }

  std::string place_;
  std::string problem_;
};

}  // namespace

std::string write_manifest(const Manifest& manifest) {
  Json json;
  json["schema"] = kSchema;
  json["tool"] = {{"name", "dropscope"}, {"version", manifest.version}};
  json["redacted"] = manifest.redacted;
  json["items"] = Json::array();
  for (const Item& item : manifest.items) {
    json["items"].push_back(
        {{"path", item.path}, {"role", item.role}, {"sha256", item.sha256}, {"bytes", item.bytes}});
  }
  json["origins"] = Json::array();
  for (const Origin& origin : manifest.origins) {
    json["origins"].push_back(
        {{"path", origin.path},
         {"kind", origin.kind},
         {"sha256", origin.sha256.empty() ? Json(nullptr) : Json(origin.sha256)},
         {"bytes", origin.bytes},
         {"records", origin.records},
         {"kept", origin.kept},
         {"items", origin.items},
         {"note", origin.note}});
  }
  json["left_out"] = Json::array();
  for (const LeftOut& each : manifest.left_out) {
    json["left_out"].push_back({{"path", each.path}, {"reason", each.reason}});
  }
  json["asked_for"] = manifest.asked_for;
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool is_manifest(std::string_view name, std::string_view content) {
  return name == kManifestName &&
         content.substr(0, kHeadBytes).find("\"dropscope.package/") != std::string_view::npos;
}

Result<Manifest> read_manifest(std::string_view json) {
  if (json.size() > kMostBytes) {
    return fail(ErrorCode::Limit, fmt::format("manifest.json has {} bytes; expected at most {}",
                                              json.size(), kMostBytes));
  }
  const Json root = Json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object()) {
    return fail(ErrorCode::Corrupt,
                "manifest.json is no JSON object; ask the sender for the package again");
  }
  Taker whole("the manifest");
  const std::string schema = whole.text(root, "schema");
  if (schema.starts_with("dropscope.package/") && schema != kSchema) {
    return fail(ErrorCode::Unsupported,
                fmt::format("the package has the form {}; this version reads {}: take the version "
                            "of dropscope that wrote it, or a newer one",
                            printable(schema), kSchema));
  }
  if (schema != kSchema) whole.text(root, "schema of a package");
  Manifest manifest;
  const auto tool = root.find("tool");
  if (tool != root.end()) manifest.version = Taker("tool").text(*tool, "version");
  manifest.redacted = whole.flag(root, "redacted");
  Taker items("an item");
  for (const Json& each : whole.list(root, "items")) {
    manifest.items.push_back({items.text(each, "path"), items.text(each, "role"),
                              items.text(each, "sha256"), items.number(each, "bytes")});
  }
  Taker origins("an origin");
  for (const Json& each : whole.list(root, "origins")) {
    manifest.origins.push_back({origins.text(each, "path"), origins.text(each, "kind"),
                                origins.text(each, "sha256"), origins.number(each, "bytes"),
                                origins.number(each, "records"), origins.number(each, "kept"),
                                origins.texts(each, "items"), origins.text(each, "note")});
  }
  Taker left_out("what was left out");
  for (const Json& each : whole.list(root, "left_out")) {
    manifest.left_out.push_back({left_out.text(each, "path"), left_out.text(each, "reason")});
  }
  manifest.asked_for = whole.texts(root, "asked_for");
  for (const Taker* taker : {&whole, &items, &origins, &left_out}) {
    if (!taker->problem().empty()) {
      return fail(ErrorCode::Corrupt, "manifest.json: " + taker->problem());
    }
  }
  return manifest;
}

}  // namespace dropscope::package

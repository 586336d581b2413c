#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "at/redaction.hpp"
#include "base/utf8.hpp"
#include "doctor/render.hpp"
#include "explain/explanation.hpp"

namespace attache::doctor {

namespace {

namespace json = boost::json;

std::string file_name(const Diagnosis& diagnosis, std::size_t file) {
  return file < diagnosis.files.size() ? diagnosis.files[file] : std::string("prj.conf");
}

json::array evidence_of(const Finding& finding, const Diagnosis& diagnosis) {
  json::array pieces;
  for (const Evidence& piece : finding.evidence) {
    json::object object;
    if (piece.event != nullptr) {
      const Place& place = piece.event->place;
      object["file"] = base::valid_utf8(file_name(diagnosis, place.file));
      object["line"] = place.line;
      object["column"] = place.column;
      object["byte_start"] = place.begin;
      object["byte_end"] = place.end;
    }
    object["role"] = name_of(piece.role);
    object["text"] = base::valid_utf8(piece.role == Evidence::Role::absence || piece.event == nullptr
                                          ? piece.note
                                          : at::redact(piece.event->text));
    if (!piece.note.empty() && piece.role != Evidence::Role::absence) {
      object["note"] = base::valid_utf8(piece.note);
    }
    pieces.push_back(std::move(object));
  }
  return pieces;
}

json::object object_of(const Finding& finding, const Diagnosis& diagnosis) {
  json::object object;
  object["schema"] = "attache-doctor-finding-1";
  object["code"] = base::code_of(finding.cause);
  object["title"] = base::valid_utf8(finding.title);
  object["level"] = name_of(finding.level);
  object["confidence"] = name_of(finding.confidence());
  object["score"] = finding.score;
  object["layer"] = base::name_of(explain::layer_of(finding.cause));
  object["rule"] = finding.rule;
  object["evidence"] = evidence_of(finding, diagnosis);
  object["why"] = base::valid_utf8(finding.why);
  json::array ruled_out;
  for (const RuledOut& layer : finding.ruled_out) {
    ruled_out.push_back(json::object{{"layer", base::name_of(layer.layer)},
                                     {"line", layer.event->place.line},
                                     {"text", base::valid_utf8(at::redact(layer.event->text))}});
  }
  object["ruled_out"] = std::move(ruled_out);
  json::array fixes;
  for (const FixStep& step : finding.fixes) {
    json::object fix{
        {"kind", step.kind}, {"applicability", step.applicability}, {"text", base::valid_utf8(step.text)}};
    if (step.edit.empty()) {
      fix["edit"] = nullptr;
    } else {
      fix["edit"] = base::valid_utf8(step.edit);
    }
    fixes.push_back(std::move(fix));
  }
  object["fix"] = std::move(fixes);
  if (finding.next_command.empty()) {
    object["next"] = nullptr;
  } else {
    object["next"] = json::object{{"command", base::valid_utf8(finding.next_command)},
                                  {"outcomes", json::array{base::valid_utf8(finding.next_outcome)}}};
  }
  json::array needs;
  for (const std::string& need : diagnosis.needs) {
    needs.push_back(json::value(base::valid_utf8(need)));
  }
  object["needs"] = std::move(needs);
  if (finding.consequence_of) {
    object["consequence_of"] = base::code_of(*finding.consequence_of);
  }
  object["dialect"] =
      diagnosis.dialect.empty() ? json::value(nullptr) : json::value(base::valid_utf8(diagnosis.dialect));
  object["firmware"] =
      diagnosis.firmware.empty() ? json::value(nullptr) : json::value(base::valid_utf8(diagnosis.firmware));
  object["rendered"] = base::valid_utf8(render_finding(finding, diagnosis.files, Detail::normal));
  return object;
}

}  // namespace

std::string render_json(const Diagnosis& diagnosis) {
  std::string text;
  for (const Finding& finding : diagnosis.findings) {
    text += json::serialize(object_of(finding, diagnosis));
    text += '\n';
  }
  return text;
}

std::string render_sarif(const Diagnosis& diagnosis) {
  json::array results;
  json::array rules;
  std::vector<std::string_view> described;
  for (const Finding& finding : diagnosis.findings) {
    std::string_view code = base::code_of(finding.cause);
    if (std::ranges::find(described, code) == described.end()) {
      described.push_back(code);
      const explain::Explanation& known = explain::explanation_of(finding.cause);
      rules.push_back(json::object{{"id", code},
                                   {"shortDescription", {{"text", std::string(known.title)}}},
                                   {"fullDescription", {{"text", std::string(known.what)}}},
                                   {"help", {{"text", std::string(known.why)}}}});
    }
    json::array locations;
    if (EventRef primary = finding.primary()) {
      const Place& place = primary->place;
      locations.push_back(
          json::object{{"physicalLocation",
                        {{"artifactLocation", {{"uri", base::valid_utf8(file_name(diagnosis, place.file))}}},
                         {"region",
                          {{"startLine", place.line},
                           {"startColumn", place.column},
                           {"snippet", {{"text", base::valid_utf8(at::redact(primary->line_text()))}}}}}}}});
    }
    std::string_view level = finding.level == Level::hint ? "note" : name_of(finding.level);
    results.push_back(json::object{
        {"ruleId", code},
        {"level", level},
        {"rank", finding.score},
        {"message", {{"text", base::valid_utf8(fmt::format("{}. {}", finding.title, finding.why))}}},
        {"locations", std::move(locations)}});
  }
  json::object log{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::array{{{"tool", {{"driver", {{"name", "attache doctor"}, {"rules", std::move(rules)}}}}},
                            {"columnKind", "utf16CodeUnits"},
                            {"results", std::move(results)}}}}};
  return fmt::format("{}\n", json::serialize(log));
}

}  // namespace attache::doctor

#include <array>
#include <string>
#include <vector>

#include "at/command_line.hpp"
#include "at/grammar.hpp"
#include "at/line_assembler.hpp"
#include "at/parameters.hpp"
#include "at/redaction.hpp"
#include "base/text.hpp"
#include "cellular/commands/command.hpp"
#include "dialects/slm_1/edition.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

struct Assembled {
  std::vector<at::LineAssembler::Outcome> outcomes;
  std::string pending;
};

bool same(const Assembled& left, const Assembled& right) {
  return left.pending == right.pending &&
         std::equal(
             left.outcomes.begin(), left.outcomes.end(), right.outcomes.begin(), right.outcomes.end(),
             [](const auto& a, const auto& b) { return a.overflow == b.overflow && a.line == b.line; });
}

Assembled assemble(const at::LinePolicy& policy, const std::vector<std::string_view>& pieces) {
  at::LineAssembler assembler(policy);
  Assembled result;
  for (std::string_view piece : pieces) {
    while (auto outcome = assembler.feed(piece)) {
      must(!outcome->overflow || outcome->line.empty(), "an overflow has no line");
      must(outcome->line.size() <= policy.longest, "no line is longer than allowed");
      result.outcomes.push_back(std::move(*outcome));
    }
    must(piece.empty(), "all bytes are consumed");
    must(assembler.pending().size() <= policy.longest + 1, "what is kept is bounded");
  }
  result.pending = assembler.pending();
  return result;
}

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_parameters(std::string_view line, std::size_t start, const at::ParameterPolicy& policy) {
  auto parameters = at::Parameters::parse(line, start, policy);
  if (!parameters) {
    must(!parameters.error().why.empty(), "a syntax error has a reason");
    must(!parameters.error().column || *parameters.error().column <= line.size() + 1,
         "a column lies in the line");
    base::to_block(parameters.error());
    return;
  }
  must(parameters->size() <= policy.most, "no more parameters than allowed");
  for (std::size_t i = 0; i < parameters->size(); ++i) {
    const at::Parameter& parameter = (*parameters)[i];
    must(is_inside(parameter.text, line), "a parameter's text lies in the line");
    must(parameter.column >= 1 && parameter.column <= line.size() + 1,
         "a parameter's column lies in the line");
  }
  const std::array rules{at::number("first", 0, 10), at::string("second", 20),
                         at::optional(at::number("third", 0, UINT32_MAX)),
                         at::optional(at::string("fourth", 0))};
  if (auto reason = at::check(line, *parameters, rules, true)) {
    must(!reason->why.empty(), "a refused parameter has a reason");
    base::to_block(*reason);
  }
}

void check_line(std::string_view line) {
  std::string redacted = at::redact(line);
  must(redacted.size() == line.size(), "redaction keeps the columns");
  if (auto fault = at::check_grammar(line)) {
    must(!fault->column || *fault->column <= line.size() + 1, "a column lies in the line");
    base::to_block(*fault);
  }
  if (line.size() < 2 || !base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return;
  }
  at::CommandLine command = at::cut_command(line);
  must(is_inside(command.name, line), "a command's name lies in the line");
  must(command.parameters <= line.size(), "parameters begin in the line");
  check_parameters(line, command.parameters, dialects::slm_1::slm_1_6().parameters);
  check_parameters(line, command.parameters, cellular::modem_policy());
}

std::vector<std::string_view> single_bytes(std::string_view bytes) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    pieces.push_back(bytes.substr(i, 1));
  }
  return pieces;
}

}  // namespace

void fuzz_line(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto choice = static_cast<unsigned char>(input.front());
  std::string_view bytes = input.substr(1);
  at::LinePolicy policy;
  policy.termination = static_cast<at::Termination>(choice % 4);
  policy.longest = choice / 4 % 4 == 0 ? 16 : 4095;

  Assembled whole = assemble(policy, {bytes});
  must(same(whole, assemble(policy, single_bytes(bytes))), "single bytes give the same lines");
  must(same(whole, assemble(policy, Cutter(input, 40).cut(bytes))), "any split gives the same lines");
  for (const auto& outcome : whole.outcomes) {
    check_line(outcome.line);
  }
  check_line(whole.pending);
  check_line(bytes);
}

}  // namespace attache::fuzz

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "slm_device.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::dialects {
namespace {

class OperationVocabulary : public testing::TestWithParam<std::string_view> {};

std::vector<vocabulary::Parameter> in_release(const vocabulary::Vocabulary& words,
                                              std::initializer_list<vocabulary::Parameter> all) {
  std::vector<vocabulary::Parameter> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some),
               [&](const vocabulary::Parameter& one) { return words.is_in(one.in); });
  return some;
}

std::string line_with(const vocabulary::Command& command,
                      const std::vector<vocabulary::Parameter>& parameters, std::string_view operation) {
  std::string line = "AT" + std::string(command.name);
  char separator = '=';
  for (const vocabulary::Parameter& parameter : parameters) {
    bool is_operation = separator == '=' && !operation.empty();
    std::string value = parameter.kind == vocabulary::Kind::number || parameter.kind == vocabulary::Kind::flag
                            ? std::to_string(parameter.least)
                            : "a";
    value = is_operation ? std::string(operation) : value;
    line += separator + (vocabulary::is_quoted(parameter.kind) ? "\"" + value + "\"" : value);
    separator = ',';
  }
  return line;
}

bool is_refused_for(SlmDevice& device, const std::string& line, std::string_view parameter) {
  device.take_reasons();
  device.send(line);
  for (const base::Reason& reason : device.take_reasons()) {
    if (reason.why.find("<" + std::string(parameter) + ">") != std::string::npos ||
        reason.what.find("<" + std::string(parameter) + ">") != std::string::npos) {
      return true;
    }
  }
  return false;
}

// Of a number that is one too great, the device names the parameter. What is refused earlier, for its state,
// is tried by the tests of the commands.
TEST_P(OperationVocabulary, NamesParametersOfOperationsAsTheDeviceDoes) {
  const vocabulary::Vocabulary& words = *vocabulary::find(GetParam());
  DialectOptions options;
  options.name = GetParam();
  std::size_t tried = 0;
  for (const vocabulary::Command* command : words.commands()) {
    for (const vocabulary::Operation& operation : command->operations) {
      auto parameters = in_release(words, command->parameters);
      auto own = in_release(words, operation.parameters);
      if (!words.is_in(operation.in) || own.empty() || own.front().optional ||
          own.front().kind != vocabulary::Kind::number) {
        continue;
      }
      SlmDevice device(options);
      own.resize(1);
      own.front().least = own.front().most + 1;
      parameters.insert(parameters.end(), own.begin(), own.end());
      std::string line = line_with(*command, parameters, operation.value);
      bool needs_state =
          command->name == "#XSOCKETOPT" || command->name == "#XFTP" || command->name == "%CMNG";
      if (!needs_state) {
        EXPECT_TRUE(is_refused_for(device, line, own.front().name)) << line;
        ++tried;
      }
    }
  }
  EXPECT_GE(tried, 5U);
}

INSTANTIATE_TEST_SUITE_P(Editions, OperationVocabulary, testing::Values("slm-1.5", "slm-1.6"),
                         [](const auto& tested) {
                           return std::string(tested.param == "slm-1.5" ? "Slm15" : "Slm16");
                         });

}  // namespace
}  // namespace attache::dialects

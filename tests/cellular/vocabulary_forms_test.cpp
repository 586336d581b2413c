#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cellular/firmware_profile.hpp"
#include "simulated_modem.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cellular {
namespace {

using vocabulary::Form;

class ModemForms : public testing::TestWithParam<const char*> {};

// With +CMEE=1 the modem has a number for whatever it knows and refuses, and none for what it does not know.
// In +CFUN=1, where least is refused; a form that takes its time has answered after a minute or so.
TEST_P(ModemForms, AreInTheVocabularyForEachFirmware) {
  int release = firmware_profile(GetParam()).version;
  for (const vocabulary::Command* command : vocabulary::modem().commands()) {
    for (auto [form, mark] : {std::pair(Form::read, "?"), std::pair(Form::test, "=?")}) {
      SimulationOptions options;
      options.firmware = GetParam();
      SimulatedModem modem(options);
      modem.send("AT+CMEE=1");
      modem.send("AT+CCLK=\"21/06/01,00:00:00+00\"");
      modem.send("AT+CFUN=1");
      modem.clock.advance(std::chrono::seconds(15));
      std::string answer =
          modem.send(fmt::format("{}{}{}", command->name == "AT" ? "" : "AT", command->name, mark));
      const vocabulary::Releases& forms = command->forms.of(form);
      bool known = command->in.have(release) && forms.have(release);
      EXPECT_EQ(answer != error, known) << command->name << mark;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Firmware, ModemForms,
                         testing::Values("mfw_nrf9160_1.2.7", "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.2"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::cellular

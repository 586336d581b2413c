#include "runtime/device_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "system/support/temp_folder.hpp"

namespace attache::runtime {
namespace {

using testing::HasSubstr;

class Layers : public testing::Test {
 protected:
  device::DeviceConfig config() const {
    auto made = to_config(options);
    EXPECT_TRUE(made) << (made ? std::string() : base::to_block(made.error()));
    return made ? *made : device::DeviceConfig{};
  }
  std::string refusal() const {
    auto made = to_config(options);
    return made ? "taken" : base::to_block(made.error());
  }

  system_test::TempFolder folder;
  DeviceOptions options;
};

TEST_F(Layers, AreTheDefaultsWhereNothingIsSaid) {
  EXPECT_EQ(config().dialect.name, "slm-1.6");
  EXPECT_TRUE(config().ports.empty());
}

TEST_F(Layers, LieOnTopOfEachOther) {
  options.prj_conf = folder.write("prj.conf", "CONFIG_SLM_CR_TERMINATION=y\nCONFIG_SLM_HTTPC=n\n");
  options.config_file = folder.write("modem.toml", "[dialect]\ntermination = \"crlf\"\n[device]\nseed = 3\n");
  options.seed = 7;
  device::DeviceConfig made = config();
  EXPECT_EQ(made.dialect.termination, at::Termination::crlf) << "the file wins over the fragment";
  EXPECT_EQ(made.simulation.seed, 7U) << "the option wins over the file";
  options.seed.reset();
  EXPECT_EQ(config().simulation.seed, 3U);
}

TEST_F(Layers, TakeTheDialectFromTheFragmentsUnlessItIsNamed) {
  options.prj_conf = folder.write("prj.conf", "CONFIG_SM_HTTPC=y\n");
  EXPECT_EQ(config().dialect.name, "serial-modem-2.0");
  options.dialect = "slm-1.5";
  EXPECT_EQ(config().dialect.name, "slm-1.5");
}

TEST_F(Layers, NeedAFragmentBelowAnOverlay) {
  options.overlays = {folder.write("overlay.conf", "CONFIG_SLM_HTTPC=n\n")};
  EXPECT_THAT(refusal(), HasSubstr("--prj-conf"));
}

TEST_F(Layers, RefuseWhatIsNotKnownByItsName) {
  for (auto [option, value, expectation] : {std::tuple{&options.clock, "lunar", "real or manual"},
                                            {&options.radio, "lora", "at:tty:"},
                                            {&options.timing, "soon", "60x"},
                                            {&options.network, "moon", "attache networks"},
                                            {&options.board, "nrf9151-dk", "did you mean `nrf9151dk`?"},
                                            {&options.board, "breadboard", "known: `nrf9160dk`"}}) {
    *option = value;
    EXPECT_THAT(refusal(), HasSubstr(expectation)) << value;
    option->reset();
  }
}

TEST_F(Layers, KnowPortsOfTheProgramsOwn) {
  options.ports = {"tcp:127.0.0.1:0"};
  EXPECT_FALSE(uses_stdio(config()));
  options.ports = {"tcp:127.0.0.1:0", "stdio"};
  EXPECT_TRUE(uses_stdio(config()));
}

}  // namespace
}  // namespace attache::runtime

#include "device/kconfig/kconfig.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/config/config.hpp"
#include "dialects/dialects.hpp"
#include "dialects/slm_1/kconfig.hpp"
#include "dialects/slm_3/kconfig.hpp"

namespace attache::device {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

/// A build from texts: prj.conf and an overlay.
struct Build {
  explicit Build(std::string_view prj_conf, std::string_view dialect = "slm-1.6",
                 std::string_view overlay = {}) {
    config.dialect.name = dialect;
    std::vector<KconfigFragment> fragments{read_kconfig(prj_conf, "prj.conf"),
                                           read_kconfig(overlay, "overlay.conf")};
    warnings = apply_kconfig(fragments, config);
  }

  /// "place: what" of each warning.
  [[nodiscard]] std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const base::Reason& warning : warnings) {
      EXPECT_FALSE(warning.why.empty());
      lines.push_back(warning.where + ": " + warning.what);
    }
    return lines;
  }
  [[nodiscard]] const dialects::DialectOptions& dialect() const { return config.dialect; }

  DeviceConfig config;
  std::vector<base::Reason> warnings;
};

// ---- defaults

TEST(Kconfig, HasTheDefaultsOfSlm16AndNotThoseOfItsPrjConf) {
  Build build("");
  EXPECT_THAT(*build.dialect().services, ElementsAre("httpc", "ftpc", "mqttc", "gps", "sms", "twi"));
  EXPECT_EQ(build.dialect().gpio_wakeup, true);
  EXPECT_TRUE(build.dialect().data_mode_flow_control);
  EXPECT_FALSE(build.dialect().fota_progress);
  EXPECT_EQ(build.config.flow_control, false) << "UART_0 has no RTS/CTS";
  EXPECT_EQ(build.config.log_level, base::LogLevel::info);
  EXPECT_THAT(build.told(), IsEmpty());
}

TEST(Kconfig, HasTheDefaultsOfSlm15) {
  Build build("", "slm-1.5");
  EXPECT_THAT(*build.dialect().services, IsEmpty());
  EXPECT_EQ(build.dialect().gpio_wakeup, false);
  EXPECT_TRUE(build.dialect().data_mode_flow_control);
}

// ---- the file of the first session

TEST(Kconfig, LoadsTheFileOfTheFirstSession) {
  auto fragment = read_kconfig_file(ATTACHE_TEST_DATA "/device/data/first_session_prj.conf");
  ASSERT_TRUE(fragment);
  DeviceConfig config;
  auto warnings = apply_kconfig(std::span(&*fragment, 1), config);
  EXPECT_TRUE(complete(config));
  EXPECT_THAT(*config.dialect.services, ElementsAre("ftpc", "mqttc", "gps", "sms", "twi", "httpc"));
  EXPECT_FALSE(config.dialect.data_mode_flow_control);
  EXPECT_EQ(config.dialect.gpio_wakeup, true);
  EXPECT_EQ(config.dialect.uart, 0U);
  EXPECT_EQ(config.dialect.termination, at::Termination::crlf);
  EXPECT_EQ(config.dialect.longest_modem_reply, 4096U);
  EXPECT_EQ(config.dialect.descriptors, std::optional<std::size_t>(8));
  EXPECT_TRUE(config.dialect.fota_progress);
  EXPECT_FALSE(config.dialect.log_modem_traffic) << "commented out";
  std::vector<std::string> told;
  for (const base::Reason& warning : warnings) {
    told.push_back(warning.what);
  }
  EXPECT_THAT(told, ElementsAre("CONFIG_SLM_EXTERNAL_XTAL=n has no effect here",
                                "CONFIG_NRF_MODEM_LIB_TRACE_ENABLED=y has no effect here",
                                "16 options of kernel, drivers and libraries without effect here"));
}

TEST(Kconfig, LeavesOutWhatTheFileOfTheFirstSessionDoesNotSetInSlm15) {
  auto fragment = read_kconfig_file(ATTACHE_TEST_DATA "/device/data/first_session_prj.conf");
  ASSERT_TRUE(fragment);
  DeviceConfig config;
  config.dialect.name = "slm-1.5";
  apply_kconfig(std::span(&*fragment, 1), config);
  EXPECT_TRUE(complete(config));
  EXPECT_THAT(*config.dialect.services, ElementsAre("httpc"));
  EXPECT_EQ(config.dialect.gpio_wakeup, false);
}

// ---- every option

struct Effect {
  std::string line;
  std::string dialect;
  bool (*holds)(const DeviceConfig& config);
};
void PrintTo(const Effect& effect, std::ostream* out) {
  *out << effect.line;
}

bool has(const DeviceConfig& config, std::string_view service) {
  return std::count(config.dialect.services->begin(), config.dialect.services->end(), service) == 1;
}

class KconfigEffect : public testing::TestWithParam<Effect> {};

TEST_P(KconfigEffect, IsThatOfTheDevice) {
  Build before("", GetParam().dialect);
  EXPECT_FALSE(GetParam().holds(before.config)) << "nothing would be shown";
  Build build(GetParam().line + "\n", GetParam().dialect);
  EXPECT_TRUE(GetParam().holds(build.config));
  EXPECT_TRUE(complete(build.config));
}

using C = const DeviceConfig;
INSTANTIATE_TEST_SUITE_P(
    Slm, KconfigEffect,
    testing::Values(
        Effect{"CONFIG_SLM_CUSTOMIZED=y", "slm-1.6", [](C& c) { return c.dialect.customized; }},
        Effect{"CONFIG_SLM_AT_MAX_PARAM=42", "slm-1.6", [](C& c) { return c.dialect.max_parameters == 42; }},
        Effect{"CONFIG_SLM_NATIVE_TLS=y", "slm-1.6", [](C& c) { return c.dialect.native_tls; }},
        Effect{"CONFIG_SLM_CONNECT_UART_2=y", "slm-1.6",
               [](C& c) { return c.dialect.uart == 2 && c.flow_control == true; }},
        Effect{"CONFIG_SLM_CR_TERMINATION=y", "slm-1.6",
               [](C& c) { return c.dialect.termination == at::Termination::cr; }},
        Effect{"CONFIG_SLM_LF_TERMINATION=y", "slm-1.6",
               [](C& c) { return c.dialect.termination == at::Termination::lf; }},
        Effect{"CONFIG_SLM_NULL_TERMINATION=y", "slm-1.5",
               [](C& c) { return c.dialect.termination == at::Termination::nul; }},
        Effect{"CONFIG_SLM_GPIO_WAKEUP=n", "slm-1.6", [](C& c) { return c.dialect.gpio_wakeup == false; }},
        Effect{"CONFIG_SLM_GPIO_WAKEUP=y", "slm-1.5", [](C& c) { return c.dialect.gpio_wakeup == true; }},
        Effect{"CONFIG_SLM_START_SLEEP=y", "slm-1.6", [](C& c) { return c.dialect.start_sleep; }},
        Effect{"CONFIG_SLM_INTERFACE_PIN=31", "slm-1.6", [](C& c) { return c.dialect.interface_pin == 31U; }},
        Effect{"CONFIG_SLM_SOCKET_RX_MAX=708", "slm-1.6",
               [](C& c) { return c.dialect.socket_rx_max == 708; }},
        Effect{"CONFIG_SLM_TCP_FILTER_SIZE=1", "slm-1.6",
               [](C& c) { return c.dialect.tcp_filter_size == 1; }},
        Effect{"CONFIG_SLM_TCP_CONN_TIME=5", "slm-1.5",
               [](C& c) { return c.dialect.tcp_connection_time == 5; }},
        Effect{"CONFIG_SLM_DATAMODE_HWFC=n", "slm-1.6",
               [](C& c) { return !c.dialect.data_mode_flow_control; }},
        Effect{"CONFIG_SLM_DATAMODE_TERMINATOR=\"&&&\"", "slm-1.6",
               [](C& c) { return c.dialect.data_mode_terminator == "&&&"; }},
        Effect{"CONFIG_SLM_DATAMODE_SILENCE=2", "slm-1.6",
               [](C& c) { return c.dialect.data_mode_silence == 2s; }},
        Effect{"CONFIG_SLM_SMS=n", "slm-1.6", [](C& c) { return !has(c, "sms"); }},
        Effect{"# CONFIG_SLM_GPS is not set", "slm-1.6", [](C& c) { return !has(c, "gps"); }},
        Effect{"CONFIG_SLM_GPS=y", "slm-1.5", [](C& c) { return has(c, "gps"); }},
        Effect{"CONFIG_SLM_FTPC=y", "slm-1.5", [](C& c) { return has(c, "ftpc"); }},
        Effect{"CONFIG_SLM_MQTTC=y", "slm-1.5", [](C& c) { return has(c, "mqttc"); }},
        Effect{"CONFIG_SLM_HTTPC=y", "slm-1.5", [](C& c) { return has(c, "httpc"); }},
        Effect{"CONFIG_SLM_TWI=n", "slm-1.6", [](C& c) { return !has(c, "twi"); }},
        Effect{"CONFIG_SLM_FTP_SERVER_PORT=2121", "slm-1.6",
               [](C& c) { return c.dialect.ftp_server_port == 2121; }},
        Effect{"CONFIG_SLM_FTP_USER_ANONYMOUS=\"me\"", "slm-1.6",
               [](C& c) { return c.dialect.ftp_anonymous_user == "me"; }},
        Effect{"CONFIG_SLM_FTP_PASSWORD_ANONYMOUS=\"it\"", "slm-1.6",
               [](C& c) { return c.dialect.ftp_anonymous_password == "it"; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_OFF=y", "slm-1.6", [](C& c) { return !c.log_level; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_ERR=y", "slm-1.6",
               [](C& c) { return c.log_level == base::LogLevel::error; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_WRN=y", "slm-1.6",
               [](C& c) { return c.log_level == base::LogLevel::warning; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_DBG=y", "slm-1.6",
               [](C& c) { return c.log_level == base::LogLevel::debug; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_DEFAULT=y\nCONFIG_LOG_DEFAULT_LEVEL=1", "slm-1.6",
               [](C& c) { return c.log_level == base::LogLevel::error; }},
        Effect{"CONFIG_LOG=n\nCONFIG_SLM_LOG_LEVEL_DBG=y", "slm-1.6", [](C& c) { return !c.log_level; }},
        Effect{"CONFIG_LOG_DEFAULT_LEVEL=0", "slm-1.6", [](C& c) { return !c.log_level; }},
        Effect{"CONFIG_POSIX_MAX_FDS=10", "slm-1.6",
               [](C& c) { return c.dialect.descriptors == std::optional<std::size_t>(10); }},
        Effect{"CONFIG_AT_CMD_LOG_LEVEL_DBG=y", "slm-1.6", [](C& c) { return c.dialect.log_modem_traffic; }},
        Effect{"CONFIG_AT_CMD_RESPONSE_MAX_LEN=4096", "slm-1.6",
               [](C& c) { return c.dialect.longest_modem_reply == 4096; }},
        Effect{"CONFIG_SUPL_CLIENT_LIB=y", "slm-1.6", [](C& c) { return c.dialect.supl_client; }},
        Effect{"CONFIG_FOTA_DOWNLOAD_PROGRESS_EVT=y", "slm-1.6",
               [](C& c) { return c.dialect.fota_progress; }},
        Effect{"CONFIG_MQTT_KEEPALIVE=30", "slm-1.6", [](C& c) { return c.dialect.mqtt_keepalive == 30s; }},
        Effect{"CONFIG_MQTT_CLEAN_SESSION=y", "slm-1.6",
               [](C& c) { return c.dialect.mqtt_clean_session == std::optional(true); }},
        Effect{"CONFIG_MQTT_CLEAN_SESSION=n", "slm-3.1",
               [](C& c) { return c.dialect.mqtt_clean_session == std::optional(false); }},
        Effect{"CONFIG_FTP_CLIENT_KEEPALIVE_TIME=0", "slm-1.6",
               [](C& c) { return c.dialect.ftp_keepalive == base::Duration::zero(); }},
        Effect{"CONFIG_FTP_CLIENT_LISTEN_TIME=3", "slm-1.6",
               [](C& c) { return c.dialect.ftp_listen_time == 3s; }}));

/// The rules of a product with a dialect of it.
struct ProductRules {
  const dialects::KconfigRules& rules;
  std::string_view dialect;
};
std::vector<ProductRules> rules_of_slm() {
  return {{dialects::slm_1::kconfig_rules(), "slm-1.6"}, {dialects::slm_3::kconfig_rules(), "slm-3.1"}};
}

// They have an effect without a function of their own.
bool builds_service(const dialects::KconfigOption& option, std::string_view dialect) {
  const auto& services = dialects::find_dialect(dialect)->services;
  return std::any_of(services.begin(), services.end(),
                     [&](const dialects::Service& service) { return service.kconfig_option == option.name; });
}

// Of an option without effect: what the device would do something for.
std::string noticed_value(const dialects::KconfigOption& option) {
  constexpr std::int64_t unusual = 17;
  if (option.kind == dialects::KconfigOption::Kind::number) {
    return std::to_string(std::max(unusual, option.least));
  }
  return option.unnoticed == "y" ? "n" : "y";
}

TEST(Kconfig, TellsWhatEachOptionWithoutEffectWouldDo) {
  for (const auto& [rules, dialect] : rules_of_slm()) {
    for (const dialects::KconfigOption& option : rules.options) {
      if (option.set != nullptr || option.unnoticed == "*" || builds_service(option, dialect)) {
        continue;
      }
      Build build(fmt::format("CONFIG_{}={}\n", option.name, noticed_value(option)), dialect);
      ASSERT_EQ(build.warnings.size(), 1U) << option.name;
      EXPECT_EQ(build.warnings[0].where, "prj.conf:1");
      EXPECT_EQ(build.warnings[0].why, fmt::format("on the device the option {}", option.effect));
      if (!option.unnoticed.empty()) {
        Build same(fmt::format("CONFIG_{}={}\n", option.name, option.unnoticed), dialect);
        EXPECT_THAT(same.told(), IsEmpty()) << option.name;
      }
    }
  }
}

// ---- what is said of mistakes

TEST(Kconfig, TellsOfNamesTheDialectDoesNotHave) {
  Build vanished("CONFIG_SLM_TCP_CONN_TIME=5\nCONFIG_SLM_NULL_TERMINATION=y\nCONFIG_SLM_HTTPS=y\n");
  EXPECT_THAT(vanished.told(), ElementsAre("prj.conf:1: CONFIG_SLM_TCP_CONN_TIME is no option of slm-1.6",
                                           "prj.conf:2: CONFIG_SLM_NULL_TERMINATION is no option of slm-1.6",
                                           "prj.conf:3: CONFIG_SLM_HTTPS is no option of slm-1.6"));
  EXPECT_THAT(vanished.warnings[0].why, HasSubstr("slm-1.5 has it"));
  EXPECT_EQ(vanished.warnings[2].advice, "did you mean CONFIG_SLM_HTTPC?");
  EXPECT_EQ(vanished.dialect().termination, at::Termination::crlf);
  Build early("CONFIG_SLM_SMS=y\n", "slm-1.5");
  EXPECT_THAT(early.told(), ElementsAre("prj.conf:1: CONFIG_SLM_SMS is no option of slm-1.5"));
  EXPECT_THAT(*early.dialect().services, IsEmpty());
}

TEST(Kconfig, TellsOfWrongValuesAndKeepsTheDefault) {
  Build build(
      "CONFIG_SLM_GPS=yes\nCONFIG_SLM_SMS=m\nCONFIG_SLM_FTPC=\"y\"\nCONFIG_SLM_SOCKET_RX_MAX=0x250\n"
      "CONFIG_SLM_DATAMODE_TERMINATOR=+++\nCONFIG_SLM_TCP_FILTER_SIZE=7\nCONFIG_SLM_SOCKET_RX_MAX=575\n"
      "CONFIG_SLM_DATAMODE_SILENCE=99999999999999999999\n");
  EXPECT_THAT(
      build.told(),
      ElementsAre("prj.conf:1: CONFIG_SLM_GPS=yes is not used", "prj.conf:2: CONFIG_SLM_SMS=m is not used",
                  "prj.conf:3: CONFIG_SLM_FTPC=\"y\" is not used",
                  "prj.conf:4: CONFIG_SLM_SOCKET_RX_MAX=0x250 is not used",
                  "prj.conf:5: CONFIG_SLM_DATAMODE_TERMINATOR=+++ is not used",
                  "prj.conf:6: CONFIG_SLM_TCP_FILTER_SIZE=7 is out of range",
                  "prj.conf:7: CONFIG_SLM_SOCKET_RX_MAX=575 is out of range",
                  "prj.conf:8: CONFIG_SLM_DATAMODE_SILENCE=99999999999999999999 is not used"));
  EXPECT_EQ(build.dialect().socket_rx_max, 576U);
  EXPECT_TRUE(has(build.config, "gps"));
}

TEST(Kconfig, TellsOfContradictionsInsideAFileAndTakesTheLast) {
  Build twice("CONFIG_SLM_GPS=n\nCONFIG_SLM_GPS=y\nCONFIG_SLM_SMS=y\nCONFIG_SLM_SMS=y\n");
  EXPECT_THAT(twice.told(), ElementsAre("prj.conf:2: CONFIG_SLM_GPS=y contradicts line 1"));
  EXPECT_TRUE(has(twice.config, "gps"));
  Build choice("CONFIG_SLM_CR_TERMINATION=y\nCONFIG_SLM_LF_TERMINATION=y\n");
  EXPECT_THAT(choice.told(), ElementsAre("prj.conf:2: CONFIG_SLM_LF_TERMINATION=y contradicts line 1"));
  EXPECT_EQ(choice.dialect().termination, at::Termination::lf);
  Build back("CONFIG_SLM_LF_TERMINATION=y\nCONFIG_SLM_CR_TERMINATION=y\n");
  EXPECT_EQ(back.dialect().termination, at::Termination::cr);
  Build deselected("CONFIG_SLM_CR_TERMINATION=y\nCONFIG_SLM_CR_LF_TERMINATION=n\n");
  EXPECT_THAT(deselected.told(), IsEmpty());
  EXPECT_EQ(deselected.dialect().termination, at::Termination::cr);
}

TEST(Kconfig, LetsAnOverlaySetThingsAnew) {
  Build build("CONFIG_SLM_GPS=n\nCONFIG_SLM_CR_TERMINATION=y\nCONFIG_SLM_SMS=n\n", "slm-1.6",
              "CONFIG_SLM_GPS=y\nCONFIG_SLM_LF_TERMINATION=y\n");
  EXPECT_THAT(build.told(), IsEmpty());
  EXPECT_TRUE(has(build.config, "gps"));
  EXPECT_FALSE(has(build.config, "sms"));
  EXPECT_EQ(build.dialect().termination, at::Termination::lf);
}

TEST(Kconfig, TellsWhatAnOptionNeeds) {
  Build build(
      "CONFIG_SLM_GPIO_WAKEUP=n\nCONFIG_SLM_START_SLEEP=y\nCONFIG_SLM_MQTTC=n\nCONFIG_MQTT_KEEPALIVE=5\n"
      "CONFIG_SLM_FTPC=n\nCONFIG_SLM_FTP_SERVER_PORT=22\nCONFIG_SLM_SUPL_PORT=1\n");
  EXPECT_THAT(build.told(),
              testing::UnorderedElementsAre("prj.conf:2: CONFIG_SLM_START_SLEEP=y has no effect",
                                            "prj.conf:4: CONFIG_MQTT_KEEPALIVE=5 has no effect",
                                            "prj.conf:6: CONFIG_SLM_FTP_SERVER_PORT=22 has no effect",
                                            "prj.conf:7: CONFIG_SLM_SUPL_PORT=1 has no effect"));
  EXPECT_FALSE(build.dialect().start_sleep);
}

TEST(Kconfig, TellsWhatDoesNotGoWithTheUart) {
  Build timer("CONFIG_SLM_CONNECT_UART_2=y\nCONFIG_UART_0_NRF_HW_ASYNC_TIMER=2\n");
  EXPECT_THAT(timer.told(),
              ElementsAre("prj.conf:2: CONFIG_UART_0_NRF_HW_ASYNC_TIMER=2 is for another UART"));
  Build right(
      "CONFIG_SLM_CONNECT_UART_2=y\nCONFIG_UART_2_NRF_HW_ASYNC_TIMER=2\nCONFIG_LOG_BACKEND_UART=y\n"
      "CONFIG_SLM_DATAMODE_HWFC=y\n");
  EXPECT_THAT(right.told(), IsEmpty());
  Build log("CONFIG_LOG_BACKEND_UART=y\nCONFIG_UART_CONSOLE=y\nCONFIG_SLM_DATAMODE_HWFC=y\n");
  EXPECT_THAT(log.told(),
              ElementsAre("prj.conf:2: CONFIG_UART_CONSOLE=y contradicts CONFIG_SLM_CONNECT_UART_0=y",
                          "prj.conf:1: CONFIG_LOG_BACKEND_UART=y contradicts CONFIG_SLM_CONNECT_UART_0=y",
                          "prj.conf:3: CONFIG_SLM_DATAMODE_HWFC=y leaves no data mode"));
}

TEST(Kconfig, ListsOptionsOfTheSystemInOnePiece) {
  Build build("CONFIG_B=y\nCONFIG_A=\"x\"\n", "slm-1.6", "CONFIG_C=1\n");
  ASSERT_EQ(build.warnings.size(), 1U);
  EXPECT_EQ(build.warnings[0].where, "overlay.conf:1");
  EXPECT_THAT(build.warnings[0].facts, ElementsAre(testing::Pair("overlay.conf:1", "CONFIG_C=1"),
                                                   testing::Pair("prj.conf:1", "CONFIG_B=y"),
                                                   testing::Pair("prj.conf:2", "CONFIG_A=\"x\"")));
}

TEST(Kconfig, NamesAFileThatCannotBeRead) {
  auto missing = read_kconfig_file("/nonexistent/prj.conf");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, "/nonexistent/prj.conf");
  DeviceConfig config;
  std::vector<std::string> paths{"/nonexistent/prj.conf"};
  EXPECT_FALSE(apply_kconfig_files(paths, config));
}

// ---- the table

TEST(KconfigOptions, HaveOneRowForEachName) {
  for (const auto& [rules, dialect] : rules_of_slm()) {
    for (const dialects::KconfigOption& option : rules.options) {
      EXPECT_EQ(find_option(rules, option.name), &option);
      EXPECT_FALSE(option.effect.empty());
      EXPECT_TRUE(option.needs.empty() || find_option(rules, option.needs) != nullptr) << dialect;
    }
  }
}

// ---- later generations

/// The dialect that a fragment means.
std::string_view meant(std::string_view text) {
  KconfigFragment fragment = read_kconfig(text, "prj.conf");
  return dialect_of(std::span(&fragment, 1)).value_or("none");
}

TEST(KconfigDialect, IsTheOneThatHasMostOfTheNames) {
  EXPECT_EQ(meant("CONFIG_SLM_GPS=y\nCONFIG_SLM_HTTPC=y\n"), "slm-1.6");
  EXPECT_EQ(meant("CONFIG_SLM_GNSS=y\nCONFIG_SLM_HTTPC=y\n"), "slm-3.1");
  EXPECT_EQ(meant("CONFIG_SLM_NULL_TERMINATION=y\n"), "slm-1.5");
  EXPECT_EQ(meant("CONFIG_SM_HTTPC=y\n"), "serial-modem-2.0");
  EXPECT_EQ(meant("CONFIG_SM_AT_BUF_SIZE=2048\n"), "serial-modem-1.99");
  EXPECT_EQ(meant("CONFIG_SLM_SMS=y\n"), "slm-1.6") << "all have it";
  EXPECT_EQ(meant("CONFIG_LOG=y\nCONFIG_MAIN_STACK_SIZE=1\n"), "none");
}

TEST(Kconfig, HasTheDefaultsOfSlm31AndOfSerialModem) {
  Build slm("", "slm-3.1");
  EXPECT_TRUE(has(slm.config, "httpc") && has(slm.config, "gnss") && has(slm.config, "twi"));
  EXPECT_EQ(slm.dialect().termination, at::Termination::crlf);
  EXPECT_FALSE(slm.dialect().data_mode_flow_control);
  EXPECT_THAT(slm.told(), IsEmpty());
  EXPECT_TRUE(complete(slm.config));
  Build modem("", "serial-modem-2.0");
  EXPECT_TRUE(has(modem.config, "mqttc"));
  EXPECT_EQ(modem.dialect().termination, at::Termination::cr);
  EXPECT_EQ(modem.config.log_level, base::LogLevel::debug);
  EXPECT_FALSE(modem.dialect().plain_log);
  EXPECT_THAT(modem.told(), IsEmpty());
  EXPECT_TRUE(complete(modem.config));
}

INSTANTIATE_TEST_SUITE_P(
    Later, KconfigEffect,
    testing::Values(
        Effect{"CONFIG_SLM_CUSTOMER_VERSION=\"a\"", "slm-2.9",
               [](C& c) { return c.dialect.customer_version == "a"; }},
        Effect{"CONFIG_SLM_CR_TERMINATION=y", "slm-3.1",
               [](C& c) { return c.dialect.termination == at::Termination::cr; }},
        Effect{"CONFIG_SLM_DATAMODE_TERMINATOR=\"---\"", "slm-3.1",
               [](C& c) { return c.dialect.data_mode_terminator == "---"; }},
        Effect{"CONFIG_SLM_DATAMODE_URC=y", "slm-2.9", [](C& c) { return c.dialect.data_mode_urc; }},
        Effect{"CONFIG_SLM_DATAMODE_BUF_SIZE=8192", "slm-3.1",
               [](C& c) { return c.dialect.data_mode_buffer == 8192U; }},
        Effect{"CONFIG_SLM_UART_RX_BUF_SIZE=2048", "slm-3.1",
               [](C& c) { return c.dialect.uart_rx_buffer == 2048U; }},
        Effect{"CONFIG_SLM_SKIP_READY_MSG=y", "slm-3.1", [](C& c) { return c.dialect.skips_ready == true; }},
        Effect{"CONFIG_SLM_AUTO_CONNECT=y", "slm-2.9", [](C& c) { return c.dialect.auto_connect; }},
        Effect{"CONFIG_SLM_POWER_PIN=26", "slm-3.1", [](C& c) { return c.dialect.interface_pin == 26U; }},
        Effect{"CONFIG_SLM_POWER_PIN=-1", "slm-3.1", [](C& c) { return c.dialect.gpio_wakeup == false; }},
        Effect{"CONFIG_SLM_START_SLEEP=y", "slm-3.1", [](C& c) { return c.dialect.start_sleep; }},
        Effect{"CONFIG_SLM_TFTPC=n", "slm-3.1", [](C& c) { return !has(c, "tftpc"); }},
        Effect{"CONFIG_SLM_GNSS=n", "slm-2.9", [](C& c) { return !has(c, "gnss"); }},
        Effect{"CONFIG_SLM_NATIVE_TLS=y", "slm-3.1", [](C& c) { return c.dialect.native_tls; }},
        Effect{"CONFIG_MQTT_KEEPALIVE=5", "slm-3.1", [](C& c) { return c.dialect.mqtt_keepalive == 5s; }},
        Effect{"CONFIG_SLM_LOG_LEVEL_DBG=y", "slm-3.1",
               [](C& c) { return c.log_level == base::LogLevel::debug; }},
        Effect{"CONFIG_SM_CUSTOMER_VERSION=\"a\"", "serial-modem-2.0",
               [](C& c) { return c.dialect.customer_version == "a"; }},
        Effect{"CONFIG_SM_LF_TERMINATION=y", "serial-modem-2.0",
               [](C& c) { return c.dialect.termination == at::Termination::lf; }},
        Effect{"CONFIG_SM_LOG_LEVEL_INF=y", "serial-modem-2.0",
               [](C& c) { return c.dialect.plain_log && c.log_level == base::LogLevel::info; }},
        Effect{"CONFIG_SM_LOG_LEVEL_OFF=y", "serial-modem-2.0",
               [](C& c) { return c.dialect.plain_log && !c.log_level; }},
        Effect{"CONFIG_SM_DATAMODE_TERMINATOR=\"---\"", "serial-modem-1.99",
               [](C& c) { return c.dialect.data_mode_terminator == "---"; }},
        Effect{"CONFIG_SM_FULL_FOTA=y", "serial-modem-2.0", [](C& c) { return c.dialect.full_fota; }},
        Effect{"CONFIG_SM_UART_RX_BUF_SIZE=2048", "serial-modem-2.0",
               [](C& c) { return c.dialect.uart_rx_buffer == 2048U; }},
        Effect{"CONFIG_LOG_BACKEND_SHOW_TIMESTAMP=n", "serial-modem-2.0",
               [](C& c) { return !c.dialect.log_form.time; }},
        Effect{"CONFIG_LOG_BACKEND_SHOW_LEVEL=n", "serial-modem-2.0",
               [](C& c) { return !c.dialect.log_form.level; }},
        Effect{"CONFIG_LOG_BACKEND_SHOW_COLOR=y", "serial-modem-2.0",
               [](C& c) { return c.dialect.log_form.colors; }},
        Effect{"CONFIG_SM_DFU_MODEM_FULL=y", "serial-modem-2.0", [](C& c) { return c.dialect.full_dfu; }},
        Effect{"CONFIG_SM_CMUX=y\nCONFIG_SM_CMUX_CHANNEL_COUNT=2", "serial-modem-2.0",
               [](C& c) { return c.dialect.cmux_channels == 2 && has(c, "cmux"); }},
        Effect{"CONFIG_NRF_PROVISIONING=y", "serial-modem-2.0", [](C& c) { return has(c, "provisioning"); }},
        Effect{"CONFIG_SM_PPP=y", "serial-modem-2.0", [](C& c) { return has(c, "ppp"); }},
        Effect{"CONFIG_SM_PPP_FALLBACK_MTU=1400", "serial-modem-2.0",
               [](C& c) { return c.dialect.ppp_fallback_mtu == 1400; }},
        Effect{"CONFIG_SM_MODEM_TRACE_BACKEND_CMUX=y", "serial-modem-2.0",
               [](C& c) { return has(c, "trace_cmux"); }},
        Effect{"CONFIG_MODEM_CMUX_MTU=64", "serial-modem-2.0",
               [](C& c) { return c.dialect.cmux_frame_size == 64; }},
        Effect{"CONFIG_MODEM_CMUX_MTU=64", "slm-3.1", [](C& c) { return c.dialect.cmux_frame_size == 64; }},
        Effect{"CONFIG_SLM_PPP=y\nCONFIG_SLM_PPP_FALLBACK_MTU=1400", "slm-2.9",
               [](C& c) { return c.dialect.ppp_fallback_mtu == 1400 && has(c, "ppp"); }},
        Effect{"CONFIG_SLM_GNSS_OUTPUT_NMEA_ON_CMUX_CHANNEL=y", "slm-3.1",
               [](C& c) { return c.dialect.cmux_nmea && !c.dialect.cmux_nmea_satellites; }},
        Effect{"CONFIG_SLM_GNSS_OUTPUT_NMEA_SATELLITES=y", "slm-3.1",
               [](C& c) { return c.dialect.cmux_nmea_satellites; }},
        Effect{"CONFIG_SLM_MODEM_CELLULAR=y", "slm-3.1",
               [](C& c) { return c.dialect.ppp_stops_with_peer && c.dialect.cmux_falls_back; }},
        Effect{"CONFIG_SLM_MODEM_CELLULAR=y\nCONFIG_SLM_CMUX_AUTOMATIC_FALLBACK_ON_PPP_STOPPAGE=n", "slm-3.1",
               [](C& c) { return c.dialect.ppp_stops_with_peer && !c.dialect.cmux_falls_back; }},
        Effect{"CONFIG_SM_HTTPC_RESPONSE_TIMEOUT_MS=1500", "serial-modem-2.0",
               [](C& c) { return c.dialect.http_timeout == 1500ms; }},
        Effect{"CONFIG_SM_NRF_CLOUD_OBSERVABILITY_AUTO_INTERVAL_SECONDS=60", "serial-modem-2.0",
               [](C& c) { return c.dialect.observability_interval == 60s; }},
        Effect{"CONFIG_SLM_FULL_FOTA=y", "slm-3.1", [](C& c) { return c.dialect.full_fota; }},
        Effect{"CONFIG_ZVFS_OPEN_MAX=10", "slm-3.1",
               [](C& c) { return c.dialect.descriptors == std::optional<std::size_t>(10); }},
        Effect{"CONFIG_SLM_CMUX=y", "slm-3.1", [](C& c) { return has(c, "cmux"); }},
        Effect{"CONFIG_SM_SMS=n", "serial-modem-2.0", [](C& c) { return !has(c, "sms"); }},
        Effect{"CONFIG_SM_MQTTC=n", "serial-modem-2.0", [](C& c) { return !has(c, "mqttc"); }}));

// "what: why (advice)" of the only warning.
std::string only_warning(const Build& build) {
  EXPECT_EQ(build.warnings.size(), 1U);
  return build.warnings.empty() ? std::string()
                                : fmt::format("{}: {} ({})", build.warnings[0].what, build.warnings[0].why,
                                              build.warnings[0].advice);
}

TEST(Kconfig, TellsWhatAnOptionIsCalledInTheDialect) {
  EXPECT_EQ(
      only_warning(Build("CONFIG_SLM_GPS=y\n", "slm-3.1")),
      "CONFIG_SLM_GPS is no option of slm-3.1: slm-3.1 calls it CONFIG_SLM_GNSS (write CONFIG_SLM_GNSS)");
  EXPECT_EQ(
      only_warning(Build("CONFIG_SLM_GNSS=y\n", "slm-1.6")),
      "CONFIG_SLM_GNSS is no option of slm-1.6: slm-1.6 calls it CONFIG_SLM_GPS (write CONFIG_SLM_GPS)");
  EXPECT_EQ(
      only_warning(Build("CONFIG_SLM_HTTPC=y\n", "serial-modem-2.0")),
      "CONFIG_SLM_HTTPC is no option of serial-modem-2.0: serial-modem-2.0 calls it CONFIG_SM_HTTPC (write "
      "CONFIG_SM_HTTPC)");
  EXPECT_EQ(
      only_warning(Build("CONFIG_SM_MQTTC=y\n", "slm-1.6")),
      "CONFIG_SM_MQTTC is no option of slm-1.6: slm-1.6 calls it CONFIG_SLM_MQTTC (write CONFIG_SLM_MQTTC)");
  EXPECT_EQ(only_warning(Build("CONFIG_POSIX_MAX_FDS=8\n", "slm-3.1")),
            "CONFIG_POSIX_MAX_FDS is no option of slm-3.1: slm-3.1 calls it CONFIG_ZVFS_OPEN_MAX (write "
            "CONFIG_ZVFS_OPEN_MAX)");
  EXPECT_EQ(
      only_warning(Build("CONFIG_SLM_FTPC=y\n", "serial-modem-2.0")),
      "CONFIG_SLM_FTPC is no option of serial-modem-2.0: the device's build stops at a name that its Kconfig "
      "files do not have; there is no FTP client (remove the line)");
}

TEST(Kconfig, TellsWrongValuesOfLaterGenerationsToo) {
  const std::vector<std::pair<std::string_view, std::string_view>> wrong{
      {"CONFIG_SLM_POWER_PIN=32", "slm-3.1"},
      {"CONFIG_ZVFS_OPEN_MAX=1", "slm-3.1"},
      {"CONFIG_SLM_DATAMODE_BUF_SIZE=1023", "slm-2.9"},
      {"CONFIG_SLM_DATAMODE_BUF_SIZE=8193", "slm-3.1"},
      {"CONFIG_SLM_UART_RX_BUF_SIZE=0", "slm-3.1"},
      {"CONFIG_SM_CMUX_CHANNEL_COUNT=64", "serial-modem-2.0"},
      {"CONFIG_SM_PPP_FALLBACK_MTU=100", "serial-modem-2.0"},
      {"CONFIG_MODEM_CMUX_MTU=8", "slm-3.1"},
      {"CONFIG_SM_HTTPC_RESPONSE_TIMEOUT_MS=999", "serial-modem-2.0"}};
  for (const auto& [line, dialect] : wrong) {
    Build build(line, dialect);
    ASSERT_FALSE(build.warnings.empty());
    EXPECT_THAT(build.warnings[0].what, HasSubstr("is out of range")) << line;
  }
  EXPECT_THAT(Build("CONFIG_SM_SMS=1", "serial-modem-2.0").told(),
              ElementsAre("prj.conf:1: CONFIG_SM_SMS=1 is not used"));
}

}  // namespace
}  // namespace attache::device

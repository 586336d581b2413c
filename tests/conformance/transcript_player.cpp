#include "conformance/transcript_player.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <set>

#include "base/clock.hpp"
#include "cassette/replay.hpp"
#include "client/conversation.hpp"
#include "client/preparation.hpp"
#include "client/script_runner.hpp"
#include "conformance/coap_server.hpp"
#include "conformance/counterparts.hpp"
#include "conformance/greeting_client.hpp"
#include "conformance/tap.hpp"
#include "device/device.hpp"
#include "device/steering/start_conditions.hpp"
#include "device/steering/steering.hpp"
#include "dialects/dialects.hpp"
#include "lab/lab.hpp"
#include "net/host_network.hpp"
#include "net/memory_bearer.hpp"
#include "serial/memory_pair.hpp"
#include "system/support/mosquitto_broker.hpp"
#include "system/support/tftpd.hpp"
#include "system/support/vsftpd.hpp"

namespace attache::conformance {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

constexpr std::string_view own_number = "+491711234567";

bool requires_any(const client::Script& script, std::initializer_list<std::string_view> names) {
  for (std::string_view value : script.all("requires")) {
    for (std::string_view name : names) {
      if (value == name) {
        return true;
      }
    }
  }
  return false;
}

/// What a transcript is played in: a loop, a device on it and the host's end of its line.
class Stage {
 public:
  explicit Stage(cellular::Timing timing) : timing_(timing) {}

  std::optional<std::string> run(const client::Script& script) {
    find_needs(script);
    if (auto fault = set_up(script)) {
      return fault;
    }
    auto fault = talk_on(nullptr, script);
    tear_down();
    return fault;
  }

  Replay run_twice(const client::Script& script, const std::string& profile) {
    Replay result;
    find_needs(script);
    result.fault = set_up(script);
    if (result.fault) {
      return result;
    }
    Tap tap(*clock_, script.dialect());
    result.fault = talk_on(&tap, script);
    std::vector<Part> parts = tap.finish();
    for (const Part& part : parts) {
      result.cassette += part.cassette + (part.steering.empty() ? "" : "$ " + part.steering + "\n");
    }
    // On the manual clock the second device lives at the same time as the first.
    Stage at_the_same_time(timing_);
    Stage& stage = manual_ != nullptr ? at_the_same_time : *this;
    if (!result.fault) {
      result.fault = manual_ != nullptr ? stage.set_up(script, profile) : change_device(script, profile);
    }
    if (!result.fault) {
      stage.say_all_again(parts, script, result);
    }
    tear_down();
    if (at_the_same_time.device_) {
      at_the_same_time.tear_down();
    }
    return result;
  }

 private:
  void find_needs(const client::Script& script) {
    needs_lab_ = requires_any(
        script,
        {"http",         "https",       "tcp-closed", "tcp-echo",      "udp-echo",          "tcp-client",
         "network",      "ftp",         "mqtt",       "tcp-oneshot",   "udp-client",        "http-server",
         "http-echo",    "mqtt-broker", "ftp-server", "ping",          "icmp-echo",         "dns",
         "slow-network", "tftp-server", "http-fota",  "nrfcloud-mock", "provisioning-mock", "coap-server"});
  }

  std::optional<std::string> talk_on(Tap* tap, const client::Script& script) {
    tap_ = tap;
    client::Conversation conversation(*host_, *clock_, tap);
    bool done = false;
    std::optional<std::string> fault;
    asio::co_spawn(context_, talk(conversation, script),
                   [&](std::exception_ptr error, std::optional<std::string> why) {
                     done = true;
                     fault = error ? "an exception ended the transcript" : std::move(why);
                     context_.stop();
                   });
    drive(done);
    return fault;
  }

  // Part after part, with what was ordered between them.
  void say_all_again(const std::vector<Part>& parts, const client::Script& script, Replay& result) {
    client::Conversation conversation(*host_, *clock_);
    for (std::size_t i = 0; i < parts.size() && !result.fault; ++i) {
      auto cassette = cassette::parse_cassette(parts[i].cassette, script.name);
      auto exchanges = cassette ? cassette::cut_exchanges(*cassette, parts[i].secrets) : cassette.error();
      if (!exchanges) {
        result.fault = base::to_block(exchanges.error());
        return;
      }
      if (i == 0) {
        start_clients(script);
      }
      bool is_last = i + 1 == parts.size();
      auto heard = say_again(conversation, *exchanges, script, is_last);
      result.fault = heard.fault ? std::optional(base::to_block(*heard.fault)) : std::nullopt;
      auto compared = compare(*exchanges, heard.heard, {std::string(script.dialect()), false});
      result.comparison.exchanges += compared.exchanges;
      result.comparison.varying += compared.varying;
      std::move(compared.differences.begin(), compared.differences.end(),
                std::back_inserter(result.comparison.differences));
      if (!is_last) {
        auto steered = device::steer(*device_, parts[i].steering);
        EXPECT_TRUE(steered) << parts[i].steering;
      }
    }
  }

  // With its pauses: the device, or the server, may need them.
  cassette::Replayed say_again(client::Conversation& conversation,
                               const std::vector<cassette::Exchange>& exchanges, const client::Script& script,
                               bool is_last) {
    cassette::ReplayOptions options;
    options.dialect = script.dialect();
    options.keeps_times = true;
    if (!is_last) {
      options.quiet = {};  // What is ordered next is not told by the line.
    }
    bool done = false;
    cassette::Replayed replayed;
    asio::co_spawn(context_, cassette::replay(conversation, exchanges, options),
                   [&](std::exception_ptr error, cassette::Replayed heard) {
                     done = true;
                     EXPECT_FALSE(error);
                     replayed = std::move(heard);
                     context_.stop();
                   });
    context_.restart();
    drive(done);
    return replayed;
  }

  // The same port for each device.
  std::uint16_t datagram_client() {
    if (datagram_client_ == 0) {
      asio::ip::udp::socket probe(context_, {asio::ip::address_v4::loopback(), 0});
      datagram_client_ = probe.local_endpoint().port();
    }
    return datagram_client_;
  }

  // Counterparts that come to the device; they end with it.
  void start_clients(const client::Script& script) {
    auto port = [this] { return static_cast<std::uint16_t>(std::stoul(values_.at("PORT"))); };
    if (requires_any(script, {"tcp-client"})) {
      asio::co_spawn(context_, greet_the_device(*clock_, port()), asio::detached);
    }
    if (requires_any(script, {"udp-client"})) {
      asio::co_spawn(context_, greet_by_datagrams(*clock_, datagram_client(), port()), asio::detached);
    }
  }

  // Another one in the place of the first.
  std::optional<std::string> change_device(const client::Script& script, const std::string& profile) {
    device_->close();
    context_.restart();
    context_.poll();
    prepare_cloud(script);
    set_firmware(profile);
    return start_device();
  }

  void set_firmware(const std::string& profile) {
    if (!profile.empty()) {
      config_.simulation.firmware = profile;
    }
  }

  // `profile`: another modem firmware than the transcript's.
  std::optional<std::string> set_up(const client::Script& script, const std::string& profile = {}) {
    device::DeviceConfig& config = config_;
    if (auto applied = device::apply_start_conditions(script.header_map(), config); !applied) {
      return base::to_block(applied.error());
    }
    set_firmware(profile);
    add_routes(script, config);
    config.simulation.timing = timing_;
    add_hardware(script, config);
    if (requires_any(script, {"slow-network", "icmp-echo"})) {
      config.network.link.delay = 1ms;
    }
    if (auto whole = device::complete(config); !whole) {
      return base::to_block(whole.error());
    }
    make_clock();
    if (needs_lab_) {
      auto lab = lab::Lab::start(*clock_);
      if (!lab) {
        return base::to_block(lab.error());
      }
      lab_ = std::move(*lab);
      set_values(script);
      start_file_servers(script);
      for (net::Route& route : config.network.routes) {
        route.to_port = lab_->port(service_behind(route.from_host));
      }
      prepare_cloud(script);
    }
    bool needs_peer = requires_any(script, {"tcp-echo", "udp-echo", "tcp-closed"});
    if (!needs_peer && requires_any(script, {"network", "tcp-client", "udp-client"})) {
      add_listen_rule(config);
    }
    start_counterparts(script);
    if (requires_any(script, {"mqtt", "mqtt-broker"})) {
      values_["PORT"] = std::to_string(broker_.emplace().start());
    }
    return start_device();
  }

  std::optional<std::string> start_device() {
    auto device = make_device(config_);
    if (!device) {
      return base::to_block(device.error());
    }
    device_ = std::move(*device);
    auto [host, line] = serial::make_memory_pair();
    host_ = std::move(host);
    device_->add_at_port(std::move(line));
    device_->start();
    return std::nullopt;
  }

  // What is wired to the device.
  static void add_hardware(const client::Script& script, device::DeviceConfig& config) {
    config.gnss.sky = !requires_any(script, {"gnss-silent"});
    if (requires_any(script, {"gnss-fix"})) {
      config.gnss.cold_time = script.dialect().starts_with("serial-modem") ? 5s : 20s;
    }
    if (requires_any(script, {"native-tls-build"})) {
      config.dialect.native_tls = true;
    }
    config.dialect.plain_log = requires_any(script, {"inf-log-build"});
    config.dialect.dual_slot_bootloader = requires_any(script, {"dual-slot-bootloader"});
    config.dialect.full_dfu = requires_any(script, {"full-dfu-build"});
    if (requires_any(script, {"ppp-build"})) {
      add_ppp(config.dialect);
    }
    if (requires_any(script, {"sms-loop"})) {
      config.simulation.sim.msisdn = own_number;
      config.simulation.sms.number = own_number;
    }
    add_services(script, config);
    if (requires_any(script, {"twi-bus-2", "i2c-bus-2"})) {
      config.i2c.push_back({.bus = 2, .address = 0x76, .has_address = true, .memory = {{0xD0, 0x61}}});
    }
  }

  // A build with PPP has no room for some of the others (reference slm-3.1/ppp.md).
  static void add_ppp(dialects::DialectOptions& options) {
    const std::set<std::string_view> without{"httpc", "mqttc", "ftpc", "tftpc"};
    const dialects::Dialect& dialect = *dialects::find_dialect(options.name);
    auto& services = options.services.emplace();
    for (const dialects::Service& service : dialect.services) {
      bool usual = service.build == dialects::Service::Build::always;
      if (service.name == "ppp" || (usual && !without.contains(service.name))) {
        services.emplace_back(service.name);
      }
    }
  }

  // Beside the dialect's own build.
  static void add_service(device::DeviceConfig& config, std::string_view name) {
    if (!config.dialect.services) {
      config.dialect.services.emplace();
      for (const dialects::Service& service : dialects::find_dialect(config.dialect.name)->services) {
        if (service.build == dialects::Service::Build::always) {
          config.dialect.services->emplace_back(service.name);
        }
      }
    }
    config.dialect.services->emplace_back(name);
  }

  // Services that the default build has not.
  static void add_services(const client::Script& script, device::DeviceConfig& config) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> needed{
        {{"cmux-build", "cmux"},
         {"debug-stats-build", "debug_stats"},
         {"uart-trace-build", "trace_uart"},
         {"lwm2m-carrier", "carrier"},
         {"provisioning-mock", "provisioning"},
         {"observability-debug-build", "nrfcloud_observability_debug"}}};
    for (auto [need, service] : needed) {
      if (requires_any(script, {need})) {
        add_service(config, service);
      }
    }
  }

  void make_clock() {
    if (needs_lab_) {
      clock_ = std::make_unique<base::RealClock>(context_);
    } else {
      auto clock = std::make_unique<base::ManualClock>(context_, base::WallTime(1'700'000'000s));
      manual_ = clock.get();
      clock_ = std::move(clock);
    }
  }

  base::Result<std::shared_ptr<device::Device>> make_device(const device::DeviceConfig& config) {
    if (needs_lab_) {
      if (!network_) {
        network_ = std::make_unique<net::HostNetwork>(*clock_);
      }
      return device::Device::create(config, *clock_, *network_);
    }
    return device::Device::create(config, *clock_, [this](const device::Radio&, base::Journal&) {
      return std::make_unique<net::MemoryBearer>(*clock_);
    });
  }

  // The name in the transcript of the first session leads to the lab.
  static void add_routes(const client::Script& script, device::DeviceConfig& config) {
    if (requires_any(script, {"https"})) {
      add_route("google.com", config);
    }
    if (needs_cloud(script)) {
      add_route("coap.nrfcloud.com", config);
      add_route("mqtt.nrfcloud.com", config);
    }
  }

  static void add_route(std::string_view name, device::DeviceConfig& config) {
    net::Route route;
    route.from_host = name;
    route.to_host = "127.0.0.1";
    config.network.routes.push_back(route);
  }

  static std::string_view service_behind(std::string_view name) {
    return name == "coap.nrfcloud.com"   ? "nrf-cloud-coap"
           : name == "mqtt.nrfcloud.com" ? "nrf-cloud-mqtt"
                                         : "https";
  }

  static bool needs_cloud(const client::Script& script) {
    return requires_any(script, {"nrfcloud-mock", "provisioning-mock"});
  }

  // Of the two transcripts of provisioning one is of a device that nobody has claimed.
  void prepare_cloud(const client::Script& script) {
    lab_->cloud().claim_all(script.name.find("fail") == std::string::npos);
    lab_->cloud().provide({{77, 0, lab_->ca_pem().substr(0, lab_->ca_pem().size() - 1)}});
  }

  // A port of this machine that was free a moment ago stands for the same of the device.
  void add_listen_rule(device::DeviceConfig& config) {
    asio::ip::tcp::acceptor probe(context_, {asio::ip::address_v4::loopback(), 0});
    net::ListenRule rule;
    rule.device_port = rule.host_port = probe.local_endpoint().port();
    rule.host_address = asio::ip::address_v4::loopback();
    config.network.listens.push_back(rule);
    values_["PORT"] = std::to_string(rule.host_port);
  }

  tcp::acceptor acceptor() {
    tcp::acceptor made(context_, {asio::ip::address_v4::loopback(), 0});
    values_["PORT"] = std::to_string(made.local_endpoint().port());
    return made;
  }

  // They end with the loop.
  void start_counterparts(const client::Script& script) {
    if (requires_any(script, {"tcp-oneshot"})) {
      asio::co_spawn(context_, echo_once(acceptor()), asio::detached);
    }
    bool is_serial_modem = script.dialect().starts_with("serial-modem");
    if (is_serial_modem && requires_any(script, {"http-echo"})) {
      asio::co_spawn(context_, serve_http_paths(acceptor(), *clock_), asio::detached);
    } else if (requires_any(script, {"http-server", "http-echo"})) {
      asio::co_spawn(context_, serve_http(acceptor()), asio::detached);
    }
    if (requires_any(script, {"coap-server"})) {
      values_["PORT"] = std::to_string(coap_server_.emplace(context_, *clock_).port());
    }
    if (is_serial_modem && requires_any(script, {"http-fota"})) {
      asio::co_spawn(context_, serve_firmware(acceptor(), *clock_), asio::detached);
    }
    if (requires_any(script, {"sms-loop"})) {
      values_["NUMBER"] = own_number;
    }
  }

  void start_file_servers(const client::Script& script) {
    if (requires_any(script, {"tftp-server"})) {
      tftp_server_.emplace(*system_test::find_program("in.tftpd"));
      values_["PORT"] = std::to_string(tftp_server_->port());
    }
    if (requires_any(script, {"ftp", "ftp-server"})) {
      ftp_server_.emplace(*system_test::find_program("vsftpd"), system_test::Vsftpd::Options());
      values_["PORT"] = std::to_string(ftp_server_->port());
    }
  }

  void set_values(const client::Script& script) {
    std::string_view service = requires_any(script, {"http", "http-fota"}) ? "http"
                               : requires_any(script, {"tcp-closed"})      ? "refused"
                               : requires_any(script, {"udp-echo"})        ? "udp-echo"
                               : requires_any(script, {"tcp-echo"})        ? "tcp-echo"
                                                                           : "https";
    values_["HOST"] = "127.0.0.1";
    values_["PORT"] = std::to_string(lab_->port(service));
  }

  asio::awaitable<std::optional<std::string>> talk(client::Conversation& conversation,
                                                   const client::Script& script) {
    client::PreparationOptions preparation;
    preparation.fresh_device = true;
    start_clients(script);
    if (requires_any(script, {"https"})) {
      co_await store_ca(conversation, client::starts_at_boot(script));
    }
    if (needs_cloud(script)) {
      co_await store_cloud_credentials(conversation, script);
    }
    if (auto fault = co_await client::prepare(conversation, script, preparation)) {
      co_return base::to_block(*fault);
    }
    client::RunOptions options;
    options.values = values_;
    options.steer = [this](const std::string& command) -> base::Result<std::string> {
      if (tap_ != nullptr) {
        tap_->steered(command);
      }
      auto answer = device::steer(*device_, command);
      if (!answer) {
        return answer.error();
      }
      return {boost::system::in_place_value, answer->text};
    };
    auto result = co_await client::run_script(conversation, script, options);
    if (tap_ != nullptr && client::first_steering_step(script) != nullptr) {
      // What was ordered last has consequences that nobody in the transcript waits for.
      co_await conversation.silence(cassette::ReplayOptions().quiet);
    }
    if (!result.ok()) {
      co_return base::to_block(client::to_reason(*result.failure));
    }
    co_return std::nullopt;
  }

  // "The CA is under the tag in use": written before the transcript, whose first line may be Ready.
  asio::awaitable<void> store_ca(client::Conversation& conversation, bool boots_afterwards) {
    std::string text = "< Ready\n> AT%CMNG=0,42,0,\"@file:ca\"\n< OK\n";
    text += boots_afterwards ? "> AT#XRESET\n< OK\n" : "";
    auto script = client::parse_script(text, "store_ca");
    auto loaded = client::load_files(*script, [this](const std::string&) -> base::Result<std::string> {
      return {boost::system::in_place_value, lab_->ca_pem().substr(0, lab_->ca_pem().size() - 1)};
    });
    auto result = co_await client::run_script(conversation, *script);
    if (!result.ok() || !loaded) {
      throw std::runtime_error("the CA could not be stored");
    }
  }

  // What a device has that was made ready for nRF Cloud.
  asio::awaitable<void> store_cloud_credentials(client::Conversation& conversation,
                                                const client::Script& played) {
    std::string text = fmt::format("@ dialect {}\n< Ready\n", *played.header("dialect"));
    for (std::string_view what : {"16842753,0,\"@file:ca\"", "16842753,1,\"@file:certificate\"",
                                  "16842753,2,\"@file:key\"", "42384,0,\"@file:ca\""}) {
      text += fmt::format("> AT%CMNG=0,{}\n< OK\n", what);
    }
    text += "> AT#XRESET\n< OK\n";  // So that what is prepared next finds a device that starts.
    auto script = client::parse_script(text, "store_cloud_credentials");
    auto loaded = client::load_files(*script, [this](const std::string& name) -> base::Result<std::string> {
      std::string content = name == "ca"            ? lab_->ca_pem()
                            : name == "certificate" ? lab_->client().certificate_pem
                                                    : lab_->client().private_key_pem;
      content.pop_back();
      return {boost::system::in_place_value, std::move(content)};
    });
    auto result = co_await client::run_script(conversation, *script);
    if (!result.ok() || !loaded) {
      throw std::runtime_error("the credentials for nRF Cloud could not be stored");
    }
  }

  void drive(const bool& done) {
    if (manual_ == nullptr) {
      context_.run();
      return;
    }
    for (auto end = manual_->now() + 10min; !done && manual_->now() < end;) {
      manual_->advance(5ms);
    }
  }

  void tear_down() {
    device_->close();
    coap_server_.reset();
    if (lab_) {
      lab_->close();
    }
    context_.restart();
    context_.poll();
  }

  cellular::Timing timing_;
  device::DeviceConfig config_;
  bool needs_lab_ = false;
  client::Values values_;
  std::uint16_t datagram_client_ = 0;
  asio::io_context context_{1};
  std::unique_ptr<base::Clock> clock_;
  base::ManualClock* manual_ = nullptr;
  std::unique_ptr<net::HostNetwork> network_;
  std::unique_ptr<lab::Lab> lab_;
  std::optional<system_test::Vsftpd> ftp_server_;
  std::optional<system_test::Tftpd> tftp_server_;
  std::optional<system_test::MosquittoBroker> broker_;
  std::optional<CoapServer> coap_server_;
  std::shared_ptr<device::Device> device_;
  std::unique_ptr<serial::Port> host_;
  Tap* tap_ = nullptr;  // While the transcript is recorded.
};

}  // namespace

std::optional<std::string> play(const client::Script& script, cellular::Timing timing) {
  Stage stage(timing);
  return stage.run(script);
}

Replay play_twice(const client::Script& script, cellular::Timing timing, const std::string& profile) {
  Stage stage(timing);
  return stage.run_twice(script, profile);
}

}  // namespace attache::conformance

// A whole device in one program: modem, SIM, network and an Internet in memory, on a clock that the program
// moves.
#include <base/clock.hpp>
#include <boost/asio/io_context.hpp>
#include <device/config/network_preset.hpp>
#include <device/device.hpp>
#include <device/steering/steering.hpp>
#include <iostream>
#include <memory>
#include <net/memory_bearer.hpp>
#include <serial/memory_port.hpp>
#include <string>

using namespace std::chrono_literals;

namespace {

int failures = 0;

void expect(bool met, const std::string& what) {
  std::cout << (met ? "ok      " : "FAILED  ") << what << "\n";
  failures += met ? 0 : 1;
}

}  // namespace

int main() {
  // In the order in which they need each other: what stands first outlives what stands behind it.
  boost::asio::io_context context;
  attache::base::ManualClock clock(context);  // Stands still until it is moved.
  attache::net::MemoryBearer internet(clock);

  // A server in memory.
  std::string delivered;
  internet.add_name("server.example", attache::net::Family::ipv4, boost::asio::ip::make_address("192.0.2.7"));
  internet.on_connect([&](const std::shared_ptr<attache::net::MemoryConnection>& connection) {
    connection->on_data([&](attache::net::MemoryConnection& peer) { delivered += peer.take(); });
    return std::nullopt;  // Accepted.
  });

  // The device. value() throws with the reason if there is none; read_config() takes the text of a TOML file.
  attache::device::DeviceConfig config;
  attache::device::apply_preset("ltem-good", config).value();
  attache::device::complete(config).value();
  auto device = attache::device::Device::create(config, clock, internet).value();
  auto uart = std::make_unique<attache::serial::MemoryPort>();
  auto* line = uart.get();
  device->add_at_port(std::move(uart));

  // settle(): everything happens that can happen now. advance(): time passes, with all that is due in it.
  auto say = [&](const std::string& command) {
    line->host_sends(command + "\r\n");
    clock.settle();
    return line->host_takes();
  };
  device->start();
  clock.settle();
  expect(line->host_takes() == "Ready\r\n", "it boots");

  expect(say("AT+CEREG=1") == "\r\nOK\r\n", "it answers");
  expect(say("AT+CFUN=1").find("+CEREG: 1") != std::string::npos, "it registers");
  expect(say("AT#XTCPCLI=1,\"server.example\",4000").find("#XTCPCLI: 1,\"connected\"") != std::string::npos,
         "it connects");
  say("AT#XTCPSEND=1,\"21.5 C\"");
  expect(delivered == "21.5 C", "the server has the report");

  // Coverage goes, and comes back: the modem finds it at its next search, an hour later at most.
  attache::device::steer(*device, "coverage off").value();
  clock.settle();
  expect(line->host_takes().find("+CEREG: 2") != std::string::npos, "it tells that the network has gone");
  attache::device::steer(*device, "coverage on").value();
  clock.advance(1h);
  expect(line->host_takes().find("+CEREG: 1") != std::string::npos, "it finds the network again");

  device->close();
  clock.settle();  // The device's coroutines end before what they use.
  return failures == 0 ? 0 : 1;
}

#include "device/radio.hpp"

#include <utility>

#include "cellular/simulated_nrf91.hpp"
#include "radio/at_radio.hpp"
#include "serial/client_port.hpp"

namespace attache::device {

RadioFactory simulated_radio(cellular::SimulationOptions options, base::Clock& clock) {
  return [options = std::move(options), &clock](base::Settings& settings, base::Journal& journal) {
    std::shared_ptr<cellular::SimulatedNrf91> simulated =
        cellular::SimulatedNrf91::create(options, clock, settings, journal);
    cellular::SimulatedNrf91& faces = *simulated;
    return Radio{std::move(simulated), faces, faces, faces, faces, &faces.link(), &faces,
                 &faces.network(),     &faces};
  };
}

namespace {

// A TCP server that does not answer must not hold the device up.
boost::asio::awaitable<base::Result<std::unique_ptr<serial::Port>>> open_again(base::Clock& clock,
                                                                               serial::PortSpec spec) {
  if (spec.kind != serial::PortSpec::Kind::tcp) {
    co_return serial::connect_port(clock, spec);
  }
  auto port = co_await serial::reconnect_tcp_port(clock, spec.target, spec.port);
  co_return std::move(port);
}

}  // namespace

base::Result<RadioFactory> at_radio(const radio::AtRadioOptions& options, base::Clock& clock) {
  auto opened = serial::connect_port(clock, *options.port);
  if (!opened) {
    return opened.error();
  }
  // A factory can be copied, a port cannot.
  auto port = std::make_shared<std::unique_ptr<serial::Port>>(std::move(*opened));
  auto open = [&clock, spec = *options.port] { return open_again(clock, spec); };
  RadioFactory make = [options, &clock, open, port](base::Settings&, base::Journal& journal) {
    auto made = std::make_shared<radio::AtRadio>(options, std::move(*port), open, clock, journal);
    radio::AtRadio& faces = *made;
    Radio whole{made, faces, faces, faces, faces};
    whole.registration = &faces;
    whole.close = [&faces] { faces.close(); };
    return whole;
  };
  return make;
}

}  // namespace attache::device

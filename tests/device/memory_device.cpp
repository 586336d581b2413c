#include "device/memory_device.hpp"

#include <boost/asio/ip/address.hpp>
#include <stdexcept>

namespace attache::device {

namespace {

constexpr std::string_view hello =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

// A request is whole when its header is, and as many bytes follow as Content-Length says.
bool is_whole(const std::string& request) {
  std::size_t end = request.find("\r\n\r\n");
  if (end == std::string::npos) {
    return false;
  }
  std::size_t length = 0;
  if (std::size_t found = request.find("Content-Length: "); found < end) {
    length = std::stoul(request.substr(found + 16));
  }
  return request.size() >= end + 4 + length;
}

}  // namespace

MemoryDevice::MemoryDevice(DeviceConfig config, std::size_t ports)
    : clock_(context_, base::WallTime(std::chrono::seconds(1'700'000'000))) {
  answer = [](const std::string&) { return std::string(hello); };
  if (!complete(config)) {
    throw std::invalid_argument("configuration");
  }
  auto device = Device::create(config, clock_, [this](const Radio&, base::Journal&) {
    auto bearer = std::make_unique<net::MemoryBearer>(clock_);
    bearer_ = bearer.get();
    return bearer;
  });
  device_ = *device;
  bearer_->add_name("server.example", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.7"));
  bearer_->on_connect([this](const std::shared_ptr<net::MemoryConnection>& connection) {
    connection->on_data([this](net::MemoryConnection& peer) {
      if (is_whole(peer.received)) {
        peer.send(answer(peer.take()));
      }
    });
    return std::nullopt;
  });
  device_->add_journal_sink([this](const base::JournalEntry& entry) {
    if (entry.text.empty()) {
      throw std::logic_error("a line of the log has no text");
    }
    journal_.push_back(entry);
  });
  for (std::size_t i = 0; i < ports; ++i) {
    auto port = std::make_unique<serial::MemoryPort>();
    ports_.push_back(port.get());
    device_->add_at_port(std::move(port));
  }
  device_->start();
  clock_.settle();
  for (serial::MemoryPort* port : ports_) {
    if (port->host_takes() != "Ready\r\n") {
      throw std::logic_error("a device starts with Ready");
    }
  }
}

MemoryDevice::~MemoryDevice() {
  if (device_) {
    close_for_good();
  }
}

bool MemoryDevice::close_for_good() {
  std::weak_ptr<Device> device = device_;
  device_->close();
  device_.reset();
  clock_.settle();
  return device.expired();
}

std::string MemoryDevice::send(std::string_view bytes, std::size_t port) {
  ports_[port]->host_sends(bytes);
  clock_.settle();
  return ports_[port]->host_takes();
}

std::string MemoryDevice::wait(base::Duration duration, std::size_t port) {
  clock_.advance(duration);
  return ports_[port]->host_takes();
}

void MemoryDevice::attach() {
  send("AT+CFUN=1\r\n");
}

}  // namespace attache::device

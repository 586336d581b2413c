#include "net/bridge.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "net/failure.hpp"

namespace attache::net {

namespace {

Failure local_failure(int error) {
  return make_failure(
      base::Cause::host_computer, from_system(error), "the local end of a connection cannot be made",
      std::strerror(error),
      "The folder for temporary files (TMPDIR) has to be writable, with a path of not more than "
      "80 characters.");
}

void close_descriptor(int& descriptor) {
  if (descriptor >= 0) {
    ::close(std::exchange(descriptor, -1));
  }
}

}  // namespace

Bridge::Bridge(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

Bridge::~Bridge() {
  close();
}

NetResult<std::shared_ptr<Bridge>> Bridge::create(std::unique_ptr<Stream> stream) {
  std::shared_ptr<Bridge> bridge(new Bridge(std::move(stream)));
  std::error_code ignored;
  std::string pattern = (std::filesystem::temp_directory_path(ignored) / "attache-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {  // For this user only.
    return local_failure(errno);
  }
  bridge->folder_ = pattern;
  bridge->path_ = pattern + "/s";
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  if (bridge->path_.size() >= sizeof place.sun_path) {
    return local_failure(ENAMETOOLONG);
  }
  std::memcpy(place.sun_path, bridge->path_.c_str(), bridge->path_.size() + 1);
  bridge->listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (bridge->listener_ < 0 ||
      ::bind(bridge->listener_, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0 ||
      ::listen(bridge->listener_, 1) != 0) {
    return local_failure(errno);
  }
  return bridge;
}

NetResult<void> Bridge::accept() {
  local_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  int error = errno;
  remove_path();
  if (local_ < 0) {
    return local_failure(error);
  }
  return {};
}

void Bridge::remove_path() {
  close_descriptor(listener_);
  if (!folder_.empty()) {
    ::unlink(path_.c_str());
    ::rmdir(std::exchange(folder_, {}).c_str());
  }
}

std::string Bridge::take_from_library() const {
  std::string bytes;
  std::array<char, most> buffer;
  ssize_t size = 0;
  while (local_ >= 0 && (size = ::recv(local_, buffer.data(), buffer.size(), 0)) > 0) {
    bytes.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return bytes;
}

asio::awaitable<NetResult<std::size_t>> Bridge::take_turn(std::string own) {
  auto self = shared_from_this();
  while (carrying_) {
    co_await turn_.wait();
  }
  std::string bytes = take_from_library() + own;
  if (closed_) {
    co_return make_failure(Errno::connection_aborted, "connection ended", "It was closed on this side.");
  }
  if (bytes.empty()) {
    co_return std::size_t{0};
  }
  carrying_ = true;
  auto sent = co_await stream_->write(bytes);
  carrying_ = false;
  turn_.notify();
  co_return sent;
}

asio::awaitable<NetResult<std::size_t>> Bridge::carry_up() {
  return take_turn({});
}

asio::awaitable<NetResult<std::size_t>> Bridge::send(std::string bytes) {
  return take_turn(std::move(bytes));
}

asio::awaitable<NetResult<std::size_t>> Bridge::receive(std::span<char> buffer) {
  auto self = shared_from_this();
  auto size = co_await stream_->read_some(buffer);
  co_return size;
}

NetResult<void> Bridge::deliver(std::string_view bytes) {
  ssize_t size = ::send(local_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size != static_cast<ssize_t>(bytes.size())) {
    return make_failure(Errno::no_buffers, "bytes for a library were lost",
                        size < 0 ? std::strerror(errno) : "the library had not read what came before");
  }
  return {};
}

// Datagrams

struct DatagramBridge::Local {
  explicit Local(asio::io_context& context) : socket(context) {}
  asio::ip::udp::socket socket;
};

DatagramBridge::DatagramBridge(asio::io_context& context) : local_(std::make_unique<Local>(context)) {}

DatagramBridge::~DatagramBridge() = default;

NetResult<std::shared_ptr<DatagramBridge>> DatagramBridge::create(asio::io_context& context) {
  std::shared_ptr<DatagramBridge> bridge(new DatagramBridge(context));
  asio::ip::udp::socket& socket = bridge->local_->socket;
  boost::system::error_code error;
  socket.open(asio::ip::udp::v4(), error);
  if (!error) {
    socket.bind({asio::ip::address_v4::loopback(), 0}, error);
  }
  if (error) {
    return local_failure(error.value());
  }
  return bridge;
}

std::uint16_t DatagramBridge::port() const {
  boost::system::error_code ignored;
  return local_->socket.local_endpoint(ignored).port();
}

NetResult<void> DatagramBridge::accept(std::uint16_t library_port) {
  boost::system::error_code error;
  local_->socket.connect({asio::ip::address_v4::loopback(), library_port}, error);
  if (error) {
    return local_failure(error.value());
  }
  return {};
}

asio::awaitable<NetResult<std::string>> DatagramBridge::take() {
  auto self = shared_from_this();
  std::string datagram(Bridge::most, '\0');
  auto [error, size] =
      co_await local_->socket.async_receive(asio::buffer(datagram), asio::as_tuple(asio::use_awaitable));
  if (error) {
    co_return make_failure(Errno::connection_aborted, "connection ended", "It was closed on this side.");
  }
  datagram.resize(size);
  co_return datagram;
}

void DatagramBridge::give(std::string_view datagram) {
  boost::system::error_code ignored;
  local_->socket.send(asio::buffer(datagram), 0, ignored);
}

void DatagramBridge::close() {
  boost::system::error_code ignored;
  local_->socket.close(ignored);
}

void Bridge::close() {
  if (!std::exchange(closed_, true)) {
    stream_->close();
    close_descriptor(local_);
    remove_path();
    turn_.notify();
  }
}

}  // namespace attache::net

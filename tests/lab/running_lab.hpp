#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "lab/lab.hpp"

namespace attache::lab {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A lab on a thread of its own, so that tests can be blocking clients.
class RunningLab {
 public:
  explicit RunningLab(LabOptions options = {})
      : clock_(context_),
        lab_(Lab::start(clock_, std::move(options)).value()),
        thread_([this] { context_.run(); }) {}

  ~RunningLab() {
    asio::post(context_, [this] {
      lab_->close();
      asio::post(context_, [this] { context_.stop(); });  // After what close() has set going.
    });
    thread_.join();
  }

  RunningLab(const RunningLab&) = delete;
  RunningLab& operator=(const RunningLab&) = delete;

  const Lab& operator*() const { return *lab_; }
  const Lab* operator->() const { return lab_.get(); }

 private:
  asio::io_context context_;
  base::RealClock clock_;
  std::unique_ptr<Lab> lab_;
  std::thread thread_;
};

/// A blocking TCP client.
class Client {
 public:
  explicit Client(std::uint16_t port, const char* address = "127.0.0.1") : socket_(context_) {
    socket_.connect({asio::ip::make_address(address), port});
  }

  void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }

  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    error_code error;
    bytes.resize(asio::read(socket_, asio::buffer(bytes), error));
    return bytes;
  }

  std::string receive_some() {
    std::string bytes(64 * 1024, '\0');
    error_code error;
    bytes.resize(socket_.read_some(asio::buffer(bytes), error));
    return bytes;
  }

  std::string receive_all() {
    std::string bytes;
    error_code error;
    asio::read(socket_, asio::dynamic_buffer(bytes), error);
    return bytes;
  }

  tcp::socket& socket() { return socket_; }

 private:
  asio::io_context context_;
  tcp::socket socket_;
};

/// What comes until the end of the connection after `request`.
inline std::string exchange(std::uint16_t port, std::string_view request) {
  Client client(port);
  client.send(request);
  return client.receive_all();
}

inline std::string body_of(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(answer.substr(end + 4));
}

inline std::string first_line(std::string_view answer) {
  return std::string(answer.substr(0, answer.find("\r\n")));
}

inline std::string get_request(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
}

}  // namespace attache::lab

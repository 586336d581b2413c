#include "services/ftp_control.hpp"

#include <fmt/format.h>

#include "net/failure.hpp"

namespace attache::services {

namespace {

constexpr std::size_t control_read_size = 4096;
constexpr base::Duration moment = std::chrono::milliseconds(1);

}  // namespace

FtpControl::FtpControl(base::Clock& clock, std::shared_ptr<net::Stream> stream, base::Duration reply_time)
    : clock_(clock), stream_(std::move(stream)), reply_time_(reply_time), buffer_(control_read_size) {}

asio::awaitable<net::NetResult<void>> FtpControl::send(std::string command) {
  if (command.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    co_return net::make_failure(net::Errno::invalid, "FTP command not sent",
                                "a name in it holds a line end or NUL, which FTP has no way to send");
  }
  command += "\r\n";
  stream_->set_timeouts(reply_time_, reply_time_);
  auto sent = co_await stream_->write(command);
  if (!sent) {
    co_return sent.error();
  }
  co_return net::NetResult<void>{};
}

asio::awaitable<net::NetResult<FtpReply>> FtpControl::read_reply() {
  return read_before(clock_.now() + reply_time_);
}

asio::awaitable<net::NetResult<std::optional<FtpReply>>> FtpControl::read_late_reply() {
  auto reply = co_await read_before(clock_.now() + moment);
  if (reply) {
    co_return std::optional(std::move(*reply));
  }
  if (reply.error().code == net::Errno::try_again) {
    co_return std::optional<FtpReply>();
  }
  co_return reply.error();
}

asio::awaitable<net::NetResult<FtpReply>> FtpControl::read_before(base::Time deadline) {
  while (true) {
    auto reply = reader_.next();
    if (!reply) {
      co_return net::Failure{net::Errno::connection_aborted, reply.error()};
    }
    if (*reply) {
      co_return std::move(**reply);
    }
    base::Duration left = deadline - clock_.now();
    if (left <= base::Duration::zero()) {
      co_return net::make_failure(net::Errno::try_again,
                                  fmt::format("no whole reply from {}", net::to_string(server())),
                                  fmt::format("none came within {}", net::to_string(reply_time_)));
    }
    stream_->set_timeouts(left, reply_time_);
    auto size = co_await stream_->read_some(buffer_);
    if (!size && size.error().code != net::Errno::try_again) {
      co_return size.error();
    }
    if (size && *size == 0) {
      co_return net::make_failure(net::Errno::connection_reset,
                                  fmt::format("FTP session with {} ended", net::to_string(server())),
                                  "the server closed the control connection",
                                  "servers do so after a time without commands, and when they stop");
    }
    if (size) {
      reader_.feed({buffer_.data(), *size});
    }
  }
}

}  // namespace attache::services

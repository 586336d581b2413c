#include "services/ftp_transfer.hpp"

#include "base/spawn.hpp"
#include "net/failure.hpp"
#include "net/timed_wait.hpp"

namespace attache::services {

namespace {

constexpr const char* no_data_connection = "no FTP data connection";

net::Failure closed_here() {
  return net::make_failure(net::Errno::connection_aborted, no_data_connection,
                           "the session was closed on this side meanwhile");
}

}  // namespace

void FtpTransfer::connect_meanwhile(std::shared_ptr<FtpTransfer> transfer, net::Bearer& bearer,
                                    net::Endpoint server, std::optional<net::TlsOptions> tls) {
  base::Clock& clock = transfer->clock_;
  base::spawn(clock.context(), nullptr, connect(std::move(transfer), bearer, server, std::move(tls)));
}

asio::awaitable<void> FtpTransfer::connect(std::shared_ptr<FtpTransfer> transfer, net::Bearer& bearer,
                                           net::Endpoint server, std::optional<net::TlsOptions> tls) {
  if (transfer->closed_) {
    co_return;  // The bearer may be gone.
  }
  auto stream = co_await bearer.connect(server, std::move(tls));
  if (stream) {
    transfer->stream_ = std::move(*stream);
  } else {
    transfer->failure_ = stream.error();
  }
  if (transfer->closed_) {
    transfer->close();
  }
  transfer->changed_.notify();
}

asio::awaitable<net::NetResult<std::shared_ptr<net::Stream>>> FtpTransfer::establish(
    std::shared_ptr<FtpTransfer> transfer, base::Duration patience) {
  if (transfer->listener_) {
    auto accepted = co_await accept(transfer, patience);
    co_return accepted;
  }
  base::Time deadline = transfer->clock_.now() + patience;
  while (!transfer->stream_ && !transfer->failure_ && !transfer->closed_) {
    if (transfer->clock_.now() >= deadline) {
      co_return net::make_failure(net::Errno::timed_out, no_data_connection,
                                  "it was not established within " + net::to_string(patience));
    }
    co_await net::wait_until(transfer->changed_, transfer->clock_, deadline);
  }
  if (transfer->closed_) {
    co_return closed_here();
  }
  if (transfer->failure_) {
    co_return *transfer->failure_;
  }
  co_return transfer->stream_;
}

asio::awaitable<net::NetResult<std::shared_ptr<net::Stream>>> FtpTransfer::accept(
    std::shared_ptr<FtpTransfer> transfer, base::Duration patience) {
  bool too_late = false;
  base::Alarm alarm = transfer->clock_.call_after(patience, [&too_late, listener = transfer->listener_] {
    too_late = true;
    listener->close();
  });
  auto listener = transfer->listener_;
  auto stream = co_await listener->accept();
  if (transfer->closed_) {
    co_return closed_here();
  }
  if (too_late) {
    co_return net::make_failure(net::Errno::timed_out, no_data_connection,
                                "the server did not connect within " + net::to_string(patience),
                                "a server elsewhere cannot reach this device unless [[listen]] opens a port");
  }
  if (!stream) {
    co_return stream.error();
  }
  listener->close();
  transfer->stream_ = std::move(*stream);
  co_return transfer->stream_;
}

void FtpTransfer::close() {
  closed_ = true;
  descriptor_.release();
  if (stream_) {
    stream_->close();
  }
  if (listener_) {
    listener_->close();
  }
  changed_.notify();
}

}  // namespace attache::services

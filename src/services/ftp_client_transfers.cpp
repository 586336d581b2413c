#include <fmt/format.h>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"
#include "services/ftp_client.hpp"
#include "services/ftp_codes.hpp"
#include "services/ftp_data_port.hpp"
#include "services/ftp_turn.hpp"

// The transfers of an FtpClient.

namespace attache::services {

namespace {

namespace code = ftp_code;

constexpr std::size_t transfer_read_size = 32 * 1024;

/// Gives its bytes in one piece.
class WholeSource final : public FtpSource {
 public:
  explicit WholeSource(std::string bytes) : bytes_(std::move(bytes)), left_(bytes_) {}
  WholeSource(const WholeSource&) = delete;
  WholeSource& operator=(const WholeSource&) = delete;

  asio::awaitable<std::string_view> next() override { co_return std::exchange(left_, {}); }

 private:
  std::string bytes_;
  std::string_view left_;
};

}  // namespace

asio::awaitable<net::NetResult<FtpClient::Transfer>> FtpClient::open_transfer(Control control,
                                                                              std::uint64_t offset) {
  if (!control) {
    co_return no_session();
  }
  auto descriptor = descriptors_.take();
  if (!descriptor) {
    co_return descriptor.error();
  }
  auto transfer = std::make_shared<FtpTransfer>(clock_, std::move(*descriptor));
  transfer_ = transfer;
  Outcome prepared;
  if (options_.active) {
    prepared = co_await open_active(control, transfer);
  } else {
    prepared = co_await open_passive(control, transfer);
  }
  if (prepared && offset > 0) {
    prepared = co_await expect(control, fmt::format("REST {}", offset), code::needs_more);
  }
  if (!prepared) {
    end(transfer);
    co_return prepared.error();
  }
  co_return transfer;
}

asio::awaitable<FtpClient::Outcome> FtpClient::open_passive(Control control, Transfer transfer) {
  net::Endpoint server = control->server();
  bool extended = server.address.is_v6();
  std::string command = extended ? "EPSV" : "PASV";
  unsigned expected = extended ? code::extended_passive : code::passive;
  auto reply = co_await ask(control, command);
  if (!reply) {
    co_return reply.error();
  }
  std::optional<std::uint16_t> port;
  if (reply->holds(expected)) {
    port = extended ? parse_extended_passive_port(reply->text) : parse_passive_port(reply->text);
  }
  if (!port) {
    co_return ftp_refused(command, *reply, expected);
  }
  server.port = *port;
  if (target_.sec_tag) {
    FtpTransfer::connect_meanwhile(transfer, bearer_, server, tls());
    co_return Outcome{};
  }
  auto stream = co_await bearer_.connect(server, std::nullopt);
  if (transfer->closed()) {
    co_return no_session();
  }
  if (!stream) {
    net::Failure failure = stream.error();
    failure.reason.what = fmt::format("no FTP data connection to {}", net::to_string(server));
    co_return failure;
  }
  transfer->use(std::shared_ptr<net::Stream>(std::move(*stream)));
  co_return Outcome{};
}

asio::awaitable<FtpClient::Outcome> FtpClient::open_active(Control control, Transfer transfer) {
  constexpr const char* what = "no FTP data connection";
  if (target_.sec_tag) {
    co_return net::make_failure(base::Cause::bad_parameter, net::Errno::not_supported_operation, what,
                                "active mode cannot be secured with TLS", "use passive mode");
  }
  auto listening = bearer_.listen(options_.active_port, std::nullopt);
  if (!listening) {
    co_return listening.error();
  }
  net::Endpoint place = (*listening)->host_endpoint();
  transfer->use(std::shared_ptr<net::Listener>(std::move(*listening)));
  if (place.address.is_unspecified()) {
    co_return net::make_failure(base::Cause::host_computer, net::Errno::address_not_available, what,
                                "the server must be told one address, but the port is open on all",
                                "give [[listen]] the address at which the server reaches this machine");
  }
  auto taken = co_await expect(control, active_command(place), code::port_taken);
  co_return taken;
}

void FtpClient::end(const Transfer& transfer) {
  transfer->close();
  if (transfer_ == transfer) {
    transfer_.reset();
  }
}

// Opens a transfer and sends its command.
asio::awaitable<net::NetResult<FtpClient::Begun>> FtpClient::begin(Control control, std::uint64_t offset,
                                                                   std::string command) {
  auto transfer = co_await open_transfer(control, offset);
  if (!transfer) {
    co_return transfer.error();
  }
  auto first = co_await ask(control, std::move(command));
  if (!first) {
    end(*transfer);
    co_return first.error();
  }
  co_return Begun{std::move(*transfer), std::move(*first)};
}

asio::awaitable<FtpClient::Outcome> FtpClient::download(std::string command, FtpSink& sink,
                                                        std::uint64_t offset, std::string* last_reply) {
  co_await FtpLock::wait_until_free(lock_);
  FtpTurn turn(lock_);
  Control control = control_;
  auto begun = co_await begin(control, offset, std::move(command));
  if (!begun) {
    co_return begun.error();
  }
  Outcome data;
  if (begun->reply.is_preliminary() || begun->reply.holds(code::transfer_complete)) {
    data = co_await receive_data(begun->transfer, sink);
  }
  end(begun->transfer);
  auto finished = co_await finish_transfer(control, std::move(begun->reply), std::move(data), last_reply);
  co_return finished;
}

asio::awaitable<FtpClient::Outcome> FtpClient::upload(std::string command, FtpSource& source,
                                                      std::uint64_t offset) {
  co_await FtpLock::wait_until_free(lock_);
  FtpTurn turn(lock_);
  Control control = control_;
  auto begun = co_await begin(control, offset, std::move(command));
  if (!begun) {
    co_return begun.error();
  }
  Outcome data;
  if (begun->reply.is_preliminary()) {
    data = co_await send_data(begun->transfer, source);
  }
  end(begun->transfer);
  auto finished = co_await finish_transfer(control, std::move(begun->reply), std::move(data), nullptr);
  co_return finished;
}

asio::awaitable<FtpClient::Outcome> FtpClient::upload(std::string command, std::string bytes) {
  WholeSource source(std::move(bytes));
  auto outcome = co_await upload(std::move(command), source);
  co_return outcome;
}

asio::awaitable<FtpClient::Outcome> FtpClient::receive_data(Transfer transfer, FtpSink& sink) {
  auto limit = net::deadline_after(clock_, options_.longest_transfer);
  auto stream = co_await FtpTransfer::establish(transfer, options_.reply_time);
  if (!stream) {
    co_return stream.error();
  }
  (*stream)->set_timeouts(options_.reply_time, options_.reply_time);
  std::vector<char>& buffer = transfer->buffer();
  buffer.resize(transfer_read_size);
  while (true) {
    auto size = co_await (*stream)->read_some(buffer);
    if (!size) {
      co_return size.error();
    }
    if (*size == 0) {
      co_return Outcome{};
    }
    if (limit && clock_.now() >= *limit) {
      co_return net::make_failure(
          base::Cause::bad_answer, net::Errno::timed_out, "FTP transfer given up",
          fmt::format("its data have no end after {}", net::to_string(options_.longest_transfer)));
    }
    co_await sink.take({buffer.data(), *size});
    if (transfer->closed()) {
      co_return no_session();
    }
  }
}

asio::awaitable<FtpClient::Outcome> FtpClient::send_data(Transfer transfer, FtpSource& source) {
  auto stream = co_await FtpTransfer::establish(transfer, options_.reply_time);
  if (!stream) {
    co_return stream.error();
  }
  (*stream)->set_timeouts(options_.reply_time, options_.reply_time);
  while (true) {
    std::string_view piece = co_await source.next();
    if (transfer->closed()) {
      co_return no_session();
    }
    if (piece.empty()) {
      co_return Outcome{};
    }
    auto sent = co_await (*stream)->write(piece);
    if (!sent) {
      co_return sent.error();
    }
  }
}

// Reads on until a reply says that the transfer is complete. What went wrong with the data is the cause if
// the server does not name another.
asio::awaitable<FtpClient::Outcome> FtpClient::finish_transfer(Control control, FtpReply reply, Outcome data,
                                                               std::string* last_reply) {
  std::optional<FtpReply> refusal;
  for (int replies = 1; !reply.holds(code::transfer_complete); ++replies) {
    if (reply.is_refusal() && !refusal) {
      refusal = reply;
    }
    if (replies == ftp_most_replies) {
      co_return lose(control,
                     net::make_failure(
                         base::Cause::bad_answer, net::Errno::connection_aborted, "FTP transfer given up",
                         fmt::format("{} replies came and none says that it is complete", ftp_most_replies)));
    }
    auto next = co_await read(control);
    if (!next && next.error().code == net::Errno::try_again && refusal) {
      co_return ftp_refused("transfer", *refusal, code::transfer_complete);
    }
    if (!next) {
      reply_overdue_ = next.error().code == net::Errno::try_again;
      co_return data ? next.error() : data;
    }
    reply = std::move(*next);
  }
  if (last_reply != nullptr) {
    *last_reply = std::move(reply.text);
  }
  co_return data;
}

}  // namespace attache::services

#include "services/ftp_client.hpp"

#include <fmt/format.h>

#include "net/failure.hpp"
#include "net/timed_wait.hpp"
#include "services/ftp_codes.hpp"
#include "services/ftp_turn.hpp"

namespace attache::services {

namespace {

constexpr std::string_view ftp_module = "ftp";

namespace code = ftp_code;

// A command without the secret in it.
std::string_view shown(std::string_view command) {
  return command.starts_with("PASS ") ? "PASS ***" : command;
}

}  // namespace

FtpClient::FtpClient(net::Bearer& bearer, DescriptorTable& descriptors, base::Clock& clock,
                     base::Journal& journal, FtpObserver& observer, Options options)
    : bearer_(bearer),
      descriptors_(descriptors),
      clock_(clock),
      journal_(journal),
      observer_(observer),
      options_(std::move(options)),
      lock_(std::make_shared<FtpLock>()) {}

FtpClient::~FtpClient() {
  if (transfer_) {
    transfer_->close();  // It may be held by a connection that is being made.
  }
}

// ---- The session --------------------------------------------------------------------------------------

asio::awaitable<FtpClient::Outcome> FtpClient::open(Target target, Login login) {
  base::Life::Token attempt = attempt_.begin();
  opening_ = true;
  target_ = std::move(target);
  co_await FtpLock::wait_until_free(lock_);
  FtpTurn turn(lock_);
  auto descriptor = descriptors_.take();
  if (!descriptor) {
    opening_ = false;
    co_return descriptor.error();
  }
  descriptor_ = std::move(*descriptor);
  auto stream = co_await connect(target_);
  if (attempt_.is_over(attempt)) {
    co_return no_session();
  }
  if (!stream) {
    disconnect();
    co_return stream.error();
  }
  auto control = std::make_shared<FtpControl>(clock_, std::move(*stream), options_.reply_time);
  control_ = control;
  reply_overdue_ = false;
  auto logged_in = co_await log_in(control, std::move(login));
  if (attempt_.is_over(attempt)) {
    co_return no_session();
  }
  opening_ = false;
  if (!logged_in) {
    disconnect();
  }
  co_return logged_in;
}

asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> FtpClient::connect(const Target& target) {
  base::Life::Token attempt = attempt_.now();
  std::optional<net::Failure> last;
  for (net::Family family : options_.families) {
    auto addresses = co_await bearer_.resolve(target.host, family);
    if (!addresses) {
      last = addresses.error();
      continue;
    }
    for (const net::Address& address : *addresses) {
      if (attempt_.is_over(attempt)) {
        co_return no_session();
      }
      auto stream = co_await bearer_.connect(net::Endpoint{address, target.port}, tls());
      if (stream) {
        co_return std::move(stream);
      }
      last = stream.error();
    }
  }
  net::Failure failure = *last;
  failure.reason.what =
      fmt::format("{} connection to {}:{} failed", target.sec_tag ? "FTPS" : "FTP", target.host, target.port);
  co_return failure;
}

asio::awaitable<FtpClient::Outcome> FtpClient::log_in(Control control, Login login) {
  auto greeting = co_await read(control);
  if (!greeting) {
    co_return greeting.error();
  }
  if (!greeting->holds(code::ready)) {
    co_return ftp_refused("session", *greeting, code::ready);
  }
  if (options_.utf8) {
    auto answered = co_await ask(control, "OPTS UTF8 ON");
    if (!answered) {
      co_return answered.error();
    }
  }
  std::string user = fmt::format("USER {}", login.user);
  auto known = co_await ask(control, user);
  if (!known) {
    co_return known.error();
  }
  // Some servers want no password.
  if (!known->holds(code::logged_in)) {
    if (!known->holds(code::needs_password)) {
      co_return ftp_refused(shown(user), *known, code::needs_password);
    }
    auto accepted = co_await expect(control, fmt::format("PASS {}", login.password), code::logged_in);
    if (!accepted) {
      co_return accepted;
    }
  }
  if (target_.sec_tag && options_.protect_data) {
    auto sized = co_await ask_quietly(control, "PBSZ 0");
    if (!sized) {
      co_return sized;
    }
    auto protection = co_await ask_quietly(control, "PROT P");
    co_return protection;
  }
  co_return Outcome{};
}

asio::awaitable<void> FtpClient::keep_alive() {
  Control control = control_;
  base::Duration pause = options_.first_keepalive;
  while (control && options_.keepalive > base::Duration::zero()) {
    base::Time due = clock_.now() + std::exchange(pause, options_.keepalive);
    while (control == control_ && clock_.now() < due) {
      co_await net::wait_until(ended_, clock_, due);
    }
    if (control != control_) {
      co_return;
    }
    if (!lock_->taken) {  // Else the connection is not idle anyway.
      FtpTurn turn(lock_);
      (void)co_await ask_quietly(control, "NOOP");
    }
  }
}

asio::awaitable<FtpClient::Outcome> FtpClient::quit() {
  co_await FtpLock::wait_until_free(lock_);
  FtpTurn turn(lock_);
  Control control = control_;
  auto said = co_await expect(control, "QUIT", code::goodbye);
  if (control == control_) {
    disconnect();
  }
  co_return said;
}

void FtpClient::disconnect() {
  attempt_.end();
  opening_ = false;
  if (transfer_) {
    std::exchange(transfer_, nullptr)->close();
  }
  if (auto control = std::exchange(control_, nullptr)) {
    control->close();
  }
  descriptor_.release();
  ended_.notify();
}

net::Failure FtpClient::lose(const Control& control, net::Failure failure) {
  if (control != control_) {
    return no_session();
  }
  disconnect();
  failure.reason.facts.emplace_back("server", fmt::format("{}:{}", target_.host, target_.port));
  observer_.lost(failure);
  return failure;
}

std::optional<net::TlsOptions> FtpClient::tls() const {
  if (!target_.sec_tag) {
    return std::nullopt;
  }
  net::TlsOptions options;
  options.sec_tag = *target_.sec_tag;
  options.host_name = target_.host;
  return options;
}

net::Failure FtpClient::no_session() const {
  return net::make_failure(base::Cause::nothing_open, net::Errno::connection_aborted, "no FTP session",
                           "none is open, or it was closed on this side meanwhile");
}

// ---- Commands and replies -----------------------------------------------------------------------------

asio::awaitable<FtpClient::Outcome> FtpClient::run(std::vector<Exchange> exchanges) {
  co_await FtpLock::wait_until_free(lock_);
  FtpTurn turn(lock_);
  Control control = control_;
  for (Exchange& exchange : exchanges) {
    auto done = co_await expect(control, std::move(exchange.command), exchange.expected);
    if (!done) {
      co_return done;
    }
  }
  co_return Outcome{};
}

asio::awaitable<FtpClient::Outcome> FtpClient::send(Control control, std::string command) {
  if (!control || control != control_) {
    co_return no_session();
  }
  journal_.log(base::LogLevel::debug, ftp_module, std::string(shown(command)));
  auto sent = co_await control->send(std::move(command));
  if (!sent && sent.error().code != net::Errno::invalid) {
    co_return lose(control, sent.error());
  }
  co_return sent;
}

asio::awaitable<net::NetResult<FtpReply>> FtpClient::read(Control control) {
  auto reply = co_await control->read_reply();
  if (control != control_) {
    co_return no_session();
  }
  if (reply) {
    journal_.log(base::LogLevel::debug, ftp_module, std::string(reply->first_line()));
    observer_.replied(reply->text);
  } else if (reply.error().code != net::Errno::try_again) {
    co_return lose(control, reply.error());
  }
  co_return reply;
}

asio::awaitable<net::NetResult<FtpReply>> FtpClient::ask(Control control, std::string command) {
  auto clean = co_await pass_over_late_replies(control);
  if (!clean) {
    co_return clean.error();
  }
  std::string what = fmt::format("FTP {} failed", shown(command));
  auto sent = co_await send(control, std::move(command));
  if (!sent) {
    co_return sent.error();
  }
  auto reply = co_await read(control);
  if (!reply && reply.error().code == net::Errno::try_again) {
    reply_overdue_ = true;
    net::Failure failure = reply.error();
    failure.reason.what = what;
    co_return failure;
  }
  co_return reply;
}

asio::awaitable<FtpClient::Outcome> FtpClient::expect(Control control, std::string command,
                                                      std::optional<unsigned> expected) {
  std::string sent(shown(command));
  auto reply = co_await ask(control, std::move(command));
  if (!reply) {
    co_return reply.error();
  }
  if (expected && !reply->holds(*expected)) {
    co_return ftp_refused(sent, *reply, *expected);
  }
  co_return Outcome{};
}

// A command whose reply matters to nobody and is not told; fails only with the session.
asio::awaitable<FtpClient::Outcome> FtpClient::ask_quietly(Control control, std::string command) {
  auto sent = co_await send(control, std::move(command));
  if (!sent) {
    co_return sent;
  }
  auto reply = co_await control->read_reply();
  if (control != control_) {
    co_return no_session();
  }
  if (reply) {
    journal_.log(base::LogLevel::debug, ftp_module, std::string(reply->first_line()));
    co_return Outcome{};
  }
  if (reply.error().code == net::Errno::try_again) {
    reply_overdue_ = true;
    co_return Outcome{};
  }
  co_return lose(control, reply.error());
}

// A reply that comes too late for its command must not be taken for the answer to the next one.
asio::awaitable<FtpClient::Outcome> FtpClient::pass_over_late_replies(Control control) {
  if (!control || control != control_) {
    co_return no_session();
  }
  bool overdue = std::exchange(reply_overdue_, false);
  for (int i = 0; overdue && i < ftp_most_replies; ++i) {
    auto late = co_await control->read_late_reply();
    if (control != control_) {
      co_return no_session();
    }
    if (!late) {
      co_return lose(control, late.error());
    }
    if (!*late) {
      break;
    }
    observer_.replied((*late)->text);
  }
  co_return Outcome{};
}

}  // namespace attache::services

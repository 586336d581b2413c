#include "radio/at_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "at/command_line.hpp"
#include "base/spawn.hpp"
#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::radio {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr std::string_view log_module = "radio";
constexpr std::string_view echo_off = "ATE0";
constexpr base::Duration first_pause = 1s;
constexpr base::Duration longest_pause = 30s;

modem::ModemReply failed(const base::Reason& reason) {
  modem::ModemReply reply;
  reply.final = modem::ModemReply::Final::error;
  reply.reason = reason;
  return reply;
}

std::string seconds(base::Duration duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

// Why a modem has refused a command, as far as its answer tells.
base::Reason refusal(const modem::ModemReply& reply, std::string_view address) {
  using Final = modem::ModemReply::Final;
  bool is_message = reply.final == Final::cms_error;
  auto numbering = is_message ? vocabulary::Numbering::message : vocabulary::Numbering::equipment;
  bool has_number = reply.final != Final::error && reply.wording.empty();
  std::string_view name = has_number ? vocabulary::name_of(numbering, reply.code) : "";
  std::string why = "gave no other cause than its answer";
  std::string advice;
  if (!name.empty()) {
    std::string_view kind = is_message ? "CMS" : "CME";
    why = fmt::format("says {} error {}, {}", kind, reply.code, name);
    advice = fmt::format("`attache explain {}:{}` tells what may lie behind it.", kind, reply.code);
  } else if (!has_number && reply.wording.empty()) {
    advice = "After AT+CMEE=1 it may tell the number of a cause.";
  }
  return base::make_reason("refused by the modem", fmt::format("the modem at {} {}", address, why),
                           std::move(advice));
}

}  // namespace

AtLink::AtLink(Open open, base::Clock& clock, base::Journal& journal, Listener& listener,
               base::Duration timeout)
    : open_(std::move(open)), clock_(clock), journal_(journal), listener_(&listener), timeout_(timeout) {}

base::Duration AtLink::limit_of(std::string_view line, base::Duration timeout) {
  struct Slow {
    std::string_view name;
    base::Duration limit;
  };
  constexpr std::array slow{Slow{"+COPS", 180s}, Slow{"+CGACT", 150s}, Slow{"+CGATT", 75s},
                            Slow{"+CFUN", 60s},  Slow{"+CMGS", 60s},   Slow{"%CMNG", 30s},
                            Slow{"%KEYGEN", 60s}};
  if (at::cut_command(line).type == at::CommandType::read) {
    return timeout;
  }
  std::string_view name = client::command_name(line);
  const auto* found = std::find_if(slow.begin(), slow.end(), [&](const Slow& command) {
    return base::equal_ignoring_case(command.name, name);
  });
  return found != slow.end() ? std::max(found->limit, timeout) : timeout;
}

void AtLink::start(std::unique_ptr<serial::Port> port) {
  port_ = std::move(port);
  address_ = port_->address();
  base::spawn(clock_.context(), shared_from_this(), read(port_, life_.begin()));
  is_known_ = false;
  join();
}

void AtLink::close() {
  if (std::exchange(phase_, Phase::closed) == Phase::closed) {
    return;
  }
  life_.end();
  limit_.cancel();
  retry_.cancel();
  listener_ = nullptr;
  waiting_.clear();
  current_.reset();
  if (port_) {
    std::exchange(port_, nullptr)->close();
  }
}

asio::awaitable<void> AtLink::read(std::shared_ptr<serial::Port> port, base::Life::Token life) {
  constexpr std::size_t read_size = 1024;
  std::vector<char> buffer(read_size);
  std::string why = "the port was closed at the other end, or the device was unplugged";
  try {
    while (std::size_t count = co_await port->read_some(buffer)) {
      if (life_.is_over(life)) {
        co_return;
      }
      reader_.feed({buffer.data(), count});
      take_in();
    }
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) {
      throw;
    }
    why = error.code().message();
  }
  if (!life_.is_over(life)) {
    lose(base::make_reason(base::Cause::port_lost, fmt::format("the modem at {} is gone", address_),
                           std::move(why), "Connect it again: its port is opened again by itself."));
  }
}

// Commands that come because of what was said may close the link.
void AtLink::take_in() {
  base::Life::Token life = life_.now();
  auto said = reader_.next();
  while (said) {
    take(*said);
    said = life_.is_over(life) ? std::nullopt : reader_.next();
  }
}

void AtLink::take(AtReader::Said& said) {
  switch (said.kind) {
    case AtReader::Said::Kind::notification:
      listener_->notified(said.text);
      break;
    case AtReader::Said::Kind::boot:
      reset(said.text);
      break;
    case AtReader::Said::Kind::answer:
      if (phase_ == Phase::joining) {
        take_join_answer(said.reply);
      } else {
        finish(std::move(said.reply));
      }
      break;
  }
}

// ---- Commands -------------------------------------------------------------------------------------------

void AtLink::execute(std::string_view line, Done done) {
  enqueue({std::string(line), std::move(done)}, false);
}

void AtLink::execute_next(std::string_view line, Done done) {
  enqueue({std::string(line), std::move(done)}, true);
}

void AtLink::enqueue(Job job, bool at_front) {
  if (phase_ == Phase::apart) {
    answer(failed(lost_), std::move(job.done));
    return;
  }
  waiting_.insert(at_front ? waiting_.begin() : waiting_.end(), std::move(job));
  pump();
}

void AtLink::answer(modem::ModemReply reply, Done done) {
  asio::post(clock_.context(), [weak = weak_from_this(), reply = std::move(reply), done = std::move(done)] {
    auto self = weak.lock();
    if (self && self->phase_ != Phase::closed) {
      done(reply);
    }
  });
}

void AtLink::pump() {
  if (phase_ != Phase::joined || current_ || waiting_.empty()) {
    return;
  }
  current_ = std::move(waiting_.front());
  waiting_.pop_front();
  limit_ = clock_.call_after(limit_of(current_->line, timeout_), [this] { overdue(); });
  reader_.begin(current_->line);
  send(current_->line);
}

void AtLink::send(std::string_view line) {
  port_->write(fmt::format("{}\r\n", line));
}

void AtLink::finish(modem::ModemReply reply) {
  if (!current_) {
    return;
  }
  limit_.cancel();
  Job job = std::move(*std::exchange(current_, std::nullopt));
  if (reply.final != modem::ModemReply::Final::ok) {
    reply.reason = refusal(reply, address_);
  }
  auto self = shared_from_this();
  listener_->answered(job.line, reply);
  job.done(std::move(reply));
  pump();
}

// A modem that answers after its time must not have that taken for the answer to what comes next.
void AtLink::overdue() {
  Job job = std::move(*std::exchange(current_, std::nullopt));
  std::string_view name = client::command_name(job.line);
  base::Reason reason = silence(fmt::format("{} got no answer", name.empty() ? "AT" : name));
  auto self = shared_from_this();
  find_pace(job.line);
  job.done(failed(reason));
}

base::Reason AtLink::silence(std::string what) const {
  return base::make_reason(
      base::Cause::modem_not_running, std::move(what),
      fmt::format("the modem at {} did not answer in time", address_),
      fmt::format(
          "Is this its AT port, is its speed right (@BAUD), is it switched on? [radio] timeout is {}.",
          seconds(timeout_)));
}

void AtLink::fail_all(const base::Reason& reason) {
  std::deque<Job> jobs = std::exchange(waiting_, {});
  if (current_) {
    jobs.push_front(std::move(*std::exchange(current_, std::nullopt)));
  }
  for (const Job& job : jobs) {
    answer(failed(reason), job.done);
  }
}

// ---- Joining and parting --------------------------------------------------------------------------------

void AtLink::join() {
  phase_ = Phase::joining;
  reader_.clear();
  if (!limit_.pending()) {
    limit_ = clock_.call_after(
        timeout_, [this] { lose(silence(fmt::format("the modem at {} does not answer", address_))); });
  }
  question_ = echo_off;
  reader_.begin(question_);
  send(question_);
}

// The answer to another question than the overdue one shows that all that came before it is old.
void AtLink::find_pace(std::string_view overdue) {
  phase_ = Phase::joining;
  limit_ = clock_.call_after(
      timeout_, [this] { lose(silence(fmt::format("the modem at {} does not answer", address_))); });
  question_ = base::equal_ignoring_case(client::command_name(overdue), "+CFUN") ? "AT+CMEE?" : "AT+CFUN?";
  reader_.begin(question_, overdue);
  send(question_);
}

void AtLink::take_join_answer(const modem::ModemReply& reply) {
  if (question_ == echo_off) {
    question_ = "AT+CFUN?";
    reader_.begin(question_);
    send(question_);
    return;
  }
  if (reply.text.find(fmt::format("{}:", client::command_name(question_))) == std::string::npos) {
    reader_.begin(question_, "AT");  // That was the end of an older one.
    return;
  }
  limit_.cancel();
  phase_ = Phase::joined;
  pause_ = {};
  auto self = shared_from_this();
  if (!std::exchange(is_known_, true)) {
    journal_.log(base::LogLevel::info, log_module, fmt::format("the modem at {} answers", address_));
    listener_->joined();
  }
  pump();
}

// Who waits for the rest of a boot that never ends is not let wait longer for it.
void AtLink::reset(std::string_view boot_line) {
  base::Reason reason = base::make_reason(
      base::Cause::modem_crash, fmt::format("the modem at {} was reset", address_),
      fmt::format("it said \"{}\", as it does when it starts", base::escape_control(boot_line)),
      "What was set in it and not saved is lost; subscribe to URCs again.");
  auto self = shared_from_this();
  bool was_known = std::exchange(is_known_, false);
  if (phase_ == Phase::joined) {
    limit_.cancel();
  }
  phase_ = Phase::joining;  // Nothing is sent because of what follows.
  if (was_known) {
    journal_.report(log_module, reason);
    listener_->parted(reason);
  }
  if (auto current = std::exchange(current_, std::nullopt)) {
    current->done(failed(reason));
  }
  if (phase_ == Phase::joining) {
    join();
  }
}

void AtLink::lose(base::Reason reason) {
  auto self = shared_from_this();
  bool was_apart = lost_.what == reason.what && !is_known_;
  phase_ = Phase::apart;
  life_.end();
  limit_.cancel();
  reader_.clear();
  if (port_) {
    std::exchange(port_, nullptr)->close();
  }
  is_known_ = false;
  lost_ = std::move(reason);
  fail_all(lost_);
  pause_ = std::clamp(pause_ * 2, first_pause, longest_pause);
  retry_ = clock_.call_after(
      pause_, [this] { base::spawn(clock_.context(), shared_from_this(), reopen(life_.now())); });
  if (!was_apart) {
    journal_.report(log_module, lost_);
  }
  listener_->parted(lost_);
}

asio::awaitable<void> AtLink::reopen(base::Life::Token life) {
  auto port = co_await open_();
  if (life_.is_over(life)) {
    co_return;  // Closed meanwhile.
  }
  if (!port) {
    base::Reason reason = port.error();
    reason.cause = base::Cause::port_lost;
    lose(std::move(reason));
    co_return;
  }
  start(std::move(*port));
}

}  // namespace attache::radio

#include "dialects/ftp_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

using services::FtpClient;

constexpr std::string_view ftp_module = "ftp";

FtpClient::Options ftp_options(const Application& application, const FtpRules& rules) {
  FtpClient::Options options;
  options.reply_time = application.options().ftp_listen_time;
  options.keepalive = application.options().ftp_keepalive;
  options.protect_data = !application.strict();
  options.longest_transfer = rules.longest_transfer;
  return options;
}

base::Reason given_up() {
  return base::make_reason(base::Cause::ended_by_host, "FTP command given up",
                           "services were closed before it was begun", "");
}

}  // namespace

FtpSession::FtpSession(Application& application)
    : application_(application),
      rules_(*application.dialect().ftp),
      client_(application.bearer(), application.descriptors(), application.clock(), application.journal(),
              *this, ftp_options(application, rules_)) {}

// ---- Commands
// -----------------------------------------------------------------------------------------

void FtpSession::begin(HostChannel channel) {
  busy_ = true;
  channel_ = std::move(channel);
}

void FtpSession::conclude(base::Life::Token life, const FtpClient::Outcome& outcome, Answer answer) {
  if (!life_.is_over(life)) {
    busy_ = false;
  }
  if (outcome) {
    answer.ok();
  } else {
    answer.error(outcome.error().reason);
  }
}

void FtpSession::open(FtpClient::Target target, FtpClient::Login login, Answer answer) {
  begin(answer.channel());
  opener_ = channel_;
  application_.spawn(run_open(life_.now(), std::move(target), std::move(login), std::move(answer)));
}

asio::awaitable<void> FtpSession::run_open(base::Life::Token life, FtpClient::Target target,
                                           FtpClient::Login login, Answer answer) {
  if (life_.is_over(life)) {
    answer.error(given_up());
    co_return;
  }
  auto outcome = co_await client_.open(std::move(target), std::move(login));
  if (outcome) {
    application_.spawn(client_.keep_alive());
  }
  conclude(life, outcome, std::move(answer));
}

void FtpSession::quit(Answer answer) {
  begin(answer.channel());
  application_.spawn(run_quit(life_.now(), std::move(answer)));
}

asio::awaitable<void> FtpSession::run_quit(base::Life::Token life, Answer answer) {
  auto outcome = co_await client_.quit();
  conclude(life, outcome, std::move(answer));
}

void FtpSession::run(std::vector<Exchange> exchanges, Answer answer) {
  begin(answer.channel());
  application_.spawn(run_exchanges(life_.now(), std::move(exchanges), std::move(answer)));
}

asio::awaitable<void> FtpSession::run_exchanges(base::Life::Token life, std::vector<Exchange> exchanges,
                                                Answer answer) {
  auto outcome = co_await client_.run(std::move(exchanges));
  conclude(life, outcome, std::move(answer));
}

void FtpSession::download(std::string command, bool may_repeat_end, Answer answer) {
  begin(answer.channel());
  bool repeats_end = may_repeat_end && rules_.repeats_end_of_get;
  application_.spawn(run_download(life_.now(), std::move(command), repeats_end, std::move(answer)));
}

asio::awaitable<void> FtpSession::run_download(base::Life::Token life, std::string command, bool repeats_end,
                                               Answer answer) {
  std::unique_ptr<FtpStore> store = rules_.make_store(application_);
  std::string end;
  auto outcome = co_await client_.download(std::move(command), *store, 0, &end);
  if (outcome) {
    if (repeats_end && verbose_) {
      answer.raw(end);
    }
    answer.raw(store->finish());
    if (std::string remark = store->remark(); !remark.empty()) {
      application_.journal().log(base::LogLevel::warning, ftp_module, std::move(remark));
    }
  }
  conclude(life, outcome, std::move(answer));
}

void FtpSession::upload(std::string command, std::string data, Answer answer) {
  begin(answer.channel());
  application_.spawn(run_upload(life_.now(), std::move(command), std::move(data), std::move(answer)));
}

asio::awaitable<void> FtpSession::run_upload(base::Life::Token life, std::string command, std::string data,
                                             Answer answer) {
  auto outcome = co_await client_.upload(std::move(command), std::move(data));
  conclude(life, outcome, std::move(answer));
}

// ---- Data mode
// ----------------------------------------------------------------------------------------

void FtpSession::upload_in_data_mode(std::string command, Sends sends, Answer answer) {
  HostChannel channel = answer.channel();
  if (auto fault = application_.data_mode().objection_to(channel)) {
    answer.error(std::move(*fault));
    return;
  }
  begin(channel);
  data_mode_ = true;
  data_command_ = std::move(command);
  data_sends_ = sends;
  at::DataModePolicy policy = application_.data_mode().policy(channel);
  policy.unit = sends == Sends::many              ? std::string_view{}
                : rules_.data_mode_broken.empty() ? "file, and only the first part was stored"
                                                  : "file";
  channel.enter_data_mode(policy, *this);
  answer.ok();
}

void FtpSession::send(std::string data) {
  application_.spawn(send_data(life_.now(), channel_, std::move(data)));
}

asio::awaitable<void> FtpSession::send_data(base::Life::Token life, HostChannel channel, std::string data) {
  auto outcome = co_await client_.upload(data_command_, std::move(data));
  if (!outcome) {
    application_.journal().report(ftp_module, outcome.error().reason);
  }
  if (life_.is_over(life) || !data_mode_) {
    co_return;  // Data mode has ended meanwhile.
  }
  bool is_whole = data_sends_ == Sends::one;
  if (is_whole && !outcome && !rules_.data_mode_broken.empty()) {
    channel.data_failed(std::string(rules_.data_mode_broken));
  } else if (is_whole && rules_.data_mode_broken.empty()) {
    leave_data_mode();
  } else {
    channel.data_sent();
  }
}

void FtpSession::terminated() {
  data_mode_ = false;
  busy_ = false;
}

void FtpSession::leave_data_mode() {
  if (std::exchange(data_mode_, false)) {
    busy_ = false;
    channel_.leave_data_mode();
    if (!rules_.data_mode_over.empty()) {
      application_.notices().tell(channel_, rules_.data_mode_over);
    }
  }
}

// ---- What the client tells
// ----------------------------------------------------------------------------

// A part of the answer while a command runs: it comes before the final result, which notices wait for.
void FtpSession::replied(std::string_view reply) {
  if (verbose_ && channel_.busy()) {
    channel_.write(reply);
  } else if (verbose_) {
    application_.notices().write(channel_, reply);
  }
}

void FtpSession::lost(const net::Failure& failure) {
  FtpLoss loss = rules_.describe(failure.code);
  bool is_told = verbose_ || !rules_.tells_loss_if_verbose;
  std::string urc = fmt::format("#XFTP: {},\"disconnected\"", loss.number);
  if (is_told) {
    application_.notices().tell(channel_, urc);
  }
  if (data_mode_ && !rules_.data_mode_broken.empty()) {
    channel_.data_failed(std::string(rules_.data_mode_broken));
  } else {
    leave_data_mode();
  }
  if (verbose_) {
    application_.notices().write(channel_, loss.line);
  }
  if (is_told && opener_ != channel_) {
    application_.notices().tell(opener_, urc);
  }
  application_.journal().report(ftp_module, failure.reason);
}

// ---- Closing
// ------------------------------------------------------------------------------------------

void FtpSession::close() {
  life_.end();
  client_.disconnect();
  busy_ = false;
  if (std::exchange(data_mode_, false)) {
    channel_.leave_data_mode();
  }
}

void FtpSession::close_because(std::string_view why) {
  if (is_open()) {
    application_.journal().report(ftp_module, base::make_reason(base::Cause::ended_by_host,
                                                                "FTP session closed", std::string(why), ""));
  }
  leave_data_mode();
  close();
}

void FtpSession::forget() {
  close();
  verbose_ = true;
  opener_ = channel_ = {};
}

}  // namespace attache::dialects

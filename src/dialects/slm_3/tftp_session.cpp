#include "dialects/slm_3/tftp_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::TftpFault;

std::string_view result_of(TftpFault::Kind kind) {
  switch (kind) {
    case TftpFault::Kind::remote:
      return "-4, \"remote error\"";
    case TftpFault::Kind::retries_exhausted:
      return "-5, \"retries exhausted\"";
    case TftpFault::Kind::name:
    case TftpFault::Kind::other:
      break;
  }
  return "-3, \"unknown failure\"";
}

}  // namespace

TftpSession::TftpSession(Application& application)
    : client_(application.bearer(), application.descriptors()) {}

// Each block goes out as it comes, before the answer.
asio::awaitable<void> TftpSession::read(Target target, Answer answer) {
  HostChannel channel = answer.channel();
  services::TftpClient::Give give = [channel](std::string_view bytes) { channel.write(bytes); };
  auto outcome = co_await client_.read(std::move(target), std::move(give));
  conclude(outcome, std::move(answer));
}

asio::awaitable<void> TftpSession::write(Target target, std::string data, Answer answer) {
  auto outcome = co_await client_.write(std::move(target), std::move(data));
  conclude(outcome, std::move(answer));
}

void TftpSession::conclude(const services::TftpClient::Outcome& outcome, Answer answer) {
  if (outcome) {
    answer.line(fmt::format("#XTFTP: {},\"success\"", *outcome));
    answer.ok();
    return;
  }
  if (outcome.error().kind != TftpFault::Kind::name) {
    answer.line(fmt::format("#XTFTP: {}", result_of(outcome.error().kind)));
  }
  answer.error(outcome.error().failure.reason);
}

}  // namespace attache::dialects::slm_3

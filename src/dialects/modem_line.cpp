#include "dialects/modem_line.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "at/redaction.hpp"
#include "base/event.hpp"
#include "base/text.hpp"

namespace attache::dialects {

namespace {

std::string final_text(const modem::ModemReply& reply) {
  if (!reply.wording.empty()) {
    return reply.wording;
  }
  switch (reply.final) {
    case modem::ModemReply::Final::ok:
      return "OK";
    case modem::ModemReply::Final::error:
      return "ERROR";
    case modem::ModemReply::Final::cme_error:
      return fmt::format("+CME ERROR: {}", reply.code);
    case modem::ModemReply::Final::cms_error:
      return fmt::format("+CMS ERROR: {}", reply.code);
  }
  return {};
}

}  // namespace

void ModemLine::pass(Answer answer) {
  std::string line(answer.command());
  if (options_.logs_traffic) {
    log(at::redact_host_line(line));
  }
  // The callback is copyable, an answer is not. It must not hold the device, which owns the modem that keeps
  // it.
  auto shared = std::make_shared<Answer>(std::move(answer));
  modem_.execute(line, [this, shared](const modem::ModemReply& reply) { give(reply, *shared); });
}

void ModemLine::give(const modem::ModemReply& reply, Answer& answer) {
  if (options_.logs_traffic) {
    log(fmt::format("{}{}", reply.text, final_text(reply)));
  }
  if (reply.text.size() > options_.longest_reply) {
    if (options_.repeats_command) {
      answer.raw(fmt::format("\r\n{}", answer.command()));
    }
    answer.error(base::make_reason(
        base::Cause::message_too_large, "the modem's reply is too long",
        fmt::format("{} bytes, but the application takes {}", reply.text.size(), options_.longest_reply),
        "CONFIG_AT_CMD_RESPONSE_MAX_LEN sets the limit"));
    return;
  }
  if (!reply.text.empty()) {
    answer.raw("\r\n");
    answer.raw(reply.text);
  }
  if (reply.final == modem::ModemReply::Final::ok) {
    answer.ok();
    return;
  }
  base::Reason reason =
      reply.reason.value_or(base::make_reason("refused by the modem", "the modem gave no cause"));
  reason = explain_(std::move(reason), answer.command());
  answer.modem_error(final_text(reply), std::move(reason));
}

boost::asio::awaitable<modem::ModemReply> ModemLine::ask(std::string line) {
  struct Wait {
    modem::ModemReply reply;
    base::Event done;
  };
  auto wait = std::make_shared<Wait>();
  modem_.execute(line, [wait](modem::ModemReply reply) {
    wait->reply = std::move(reply);
    wait->done.set();
  });
  co_await wait->done.wait();
  co_return std::move(wait->reply);
}

boost::asio::awaitable<std::string> ModemLine::local_address(int cid) {
  std::string line = "AT+CGPADDR";
  if (cid != 0) {
    line += fmt::format("={}", cid);
  }
  modem::ModemReply reply = co_await ask(std::move(line));
  auto parts = base::split(reply.text, '"');
  co_return parts.size() > 1 ? std::string(parts[1]) : std::string();
}

void ModemLine::log(std::string_view text) {
  journal_.log(base::LogLevel::debug, "modem", base::escape_control(at::redact(text)));
}

}  // namespace attache::dialects

#include "services/coap_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "net/failure.hpp"

namespace attache::services {

namespace {

constexpr std::uint8_t code_continue = 95;  // 2.31
constexpr std::uint8_t first_error = 128;   // 4.00
constexpr std::uint8_t method_get = 1;
constexpr std::size_t most_notifications = 8;  // That wait for the host.

std::uint16_t number(CoapOption option) {
  return static_cast<std::uint16_t>(option);
}

// A number as an option: no byte of it that is nothing.
std::string shortest(std::uint16_t value) {
  std::string bytes;
  for (unsigned shift : {8U, 0U}) {
    auto byte = static_cast<unsigned char>(value >> shift);
    if (byte != 0 || !bytes.empty()) {
      bytes += static_cast<char>(byte);
    }
  }
  return bytes;
}

bool registers(const std::pair<std::uint16_t, std::string>& option) {
  return option.first == number(CoapOption::observe) &&
         option.second.find_first_not_of('\0') == std::string::npos;
}

base::Reason no_answer(base::Cause cause, std::string why) {
  return base::make_reason(cause, "CoAP request failed", std::move(why), "");
}

}  // namespace

CoapExchange::CoapExchange(base::Clock& clock, base::Spawner spawn, Request request, const Options& options,
                           Listener& listener)
    : clock_(clock),
      spawn_(std::move(spawn)),
      request_(std::move(request)),
      options_(options),
      listener_(&listener),
      takes_payload_(request_.payload > 0),
      block_size_(options.block) {
  bool is_registration = std::any_of(request_.options.begin(), request_.options.end(), registers);
  observing_ = options_.observes && request_.method == method_get && is_registration;
}

net::NetResult<void> CoapExchange::start() {
  auto library = CoapLibrary::create(clock_.context(), *this);
  if (!library) {
    return library.error();
  }
  library_ = *library;
  token_ = CoapLibrary::make_token();
  spawn_(library_->run_upwards());
  spawn_(library_->run_timers());
  if (takes_payload_) {
    if (in_blocks()) {
      limit(options_.longest_stall, "the host has given nothing of the payload");
    }
    return {};
  }
  if (!send(packet())) {
    cancel();
    return net::make_failure(base::Cause::message_too_large, net::Errno::message_size, "no CoAP request",
                             "its options do not fit into a packet");
  }
  return {};
}

// Path and query in their parts, what the host has given besides.
CoapPacket CoapExchange::packet() const {
  CoapPacket made;
  made.confirmable = request_.confirmable;
  made.code = request_.method;
  made.token = token_;
  std::string_view path = request_.path;
  std::string_view query;
  if (std::size_t mark = path.find('?'); mark != std::string_view::npos) {
    query = path.substr(mark + 1);
    path = path.substr(0, mark);
  }
  for (std::string_view segment : base::split(path, '/')) {
    if (!segment.empty()) {
      made.options.emplace_back(number(CoapOption::uri_path), segment);
    }
  }
  for (std::string_view part : base::split(query, '&')) {
    if (!part.empty()) {
      made.options.emplace_back(number(CoapOption::uri_query), part);
    }
  }
  if (request_.payload > 0) {
    made.options.emplace_back(number(CoapOption::content_format), shortest(request_.content_format));
  }
  made.options.insert(made.options.end(), request_.options.begin(), request_.options.end());
  return made;
}

bool CoapExchange::send(const CoapPacket& packet) {
  limit(options_.longest_answer, "no answer came");
  return library_->send(packet);
}

void CoapExchange::limit(base::Duration time, std::string_view why) {
  limit_ = clock_.call_after(time, [this, why, time] {
    end(no_code,
        no_answer(base::Cause::server_timeout, fmt::format("{} within {}", why, net::to_string(time))));
  });
}

// The payload

void CoapExchange::give_payload(std::string_view bytes) {
  payload_ += bytes;
  owes_ = true;
  if (in_blocks()) {
    send_blocks();
  }
  take_more();
}

// Not more than a block is held beside the one on its way.
void CoapExchange::take_more() {
  bool has_room = !in_blocks() || payload_.size() - in_flight_ < block_size_;
  if (listener_ != nullptr && has_room && std::exchange(owes_, false)) {
    listener_->wants_payload();
  }
}

void CoapExchange::end_payload() {
  takes_payload_ = false;
  payload_ended_ = true;
  if (in_blocks()) {
    send_blocks();
  } else if (!send_upload()) {
    end(no_code, no_answer(base::Cause::message_too_large, "the payload was not given, or does not fit"));
  }
}

// In one packet.
bool CoapExchange::send_upload() {
  CoapPacket made = packet();
  made.payload = payload_;
  return !payload_.empty() && send(made);
}

// The next block once it is whole, or the last one; one at a time.
void CoapExchange::send_blocks() {
  bool is_last = payload_ended_ && payload_.size() <= block_size_;
  if (in_flight_ > 0) {
    return;
  }
  if (!is_last && payload_.size() < block_size_) {
    limit(options_.longest_stall, "the host has given no further block of the payload");
    return;
  }
  CoapPacket made = packet();
  in_flight_ = std::min(payload_.size(), block_size_);
  // A whole block is the last one only if no more will come, which the length says before the end does.
  bool more = acknowledged_ + in_flight_ < request_.payload && !is_last;
  CoapBlock block{static_cast<std::uint32_t>(acknowledged_ / block_size_), more, block_size_};
  made.options.emplace_back(number(CoapOption::block1), block.encoded());
  made.payload = payload_.substr(0, in_flight_);
  if (in_flight_ == 0 || !send(made)) {
    end(no_code, no_answer(base::Cause::message_too_large, "the payload was not given, or does not fit"));
  }
}

// The server may want smaller blocks from now on.
bool CoapExchange::continue_upload(const CoapResponse& response) {
  if (!in_blocks() || response.code != code_continue) {
    return false;
  }
  acknowledged_ += in_flight_;
  payload_.erase(0, std::exchange(in_flight_, 0));
  if (response.block1 && acknowledged_ % response.block1->size == 0) {
    block_size_ = std::min(block_size_, response.block1->size);
  }
  send_blocks();
  take_more();
  return true;
}

// What comes

void CoapExchange::give(std::string_view datagram) {
  library_->give(datagram);
}

asio::awaitable<void> CoapExchange::carry(std::string datagram) {
  auto self = shared_from_this();
  if (listener_ == nullptr) {
    co_return;
  }
  auto carried = co_await listener_->carry(std::move(datagram));
  if (!carried) {
    fail(carried.error().reason);
  }
}

bool CoapExchange::responded(CoapResponse response) {
  bool is_ours = response.token == token_ || (!block_token_.empty() && response.token == block_token_);
  if (is_ours && incoming_.size() < most_notifications) {
    incoming_.push_back(std::move(response));
    schedule();
  }
  return is_ours;
}

void CoapExchange::undelivered(std::string_view why) {
  fail(no_answer(base::Cause::server_timeout, std::string(why)));
}

void CoapExchange::fail(base::Reason why) {
  if (listener_ != nullptr && !failure_) {
    failure_ = std::move(why);
    schedule();
  }
}

// Not from within the library.
void CoapExchange::schedule() {
  work_ = clock_.call_after({}, [this] { work(); });
}

void CoapExchange::work() {
  auto self = shared_from_this();
  while (listener_ != nullptr && !waits_ && !incoming_.empty()) {
    CoapResponse response = std::move(incoming_.front());
    incoming_.erase(incoming_.begin());
    take(std::move(response));
  }
  if (listener_ != nullptr && failure_ && !waits_) {
    end(no_code, std::move(failure_));
  }
}

void CoapExchange::take(CoapResponse response) {
  limit_.cancel();
  if (continue_upload(response)) {
    return;
  }
  bool is_notification = response.token == token_;
  std::size_t offset = response.block2 ? response.block2->number * response.block2->size : 0;
  if (is_notification && offset == 0) {
    received_ = delivered_ = 0;
    block_token_.clear();
  } else if (offset != received_) {
    end(no_code,
        no_answer(base::Cause::bad_answer,
                  fmt::format("a block at byte {} came, and that at {} was asked for", offset, received_)));
    return;
  }
  observing_ = observing_ && (response.observed || !is_notification);
  answer_ = std::move(response);
  take_answer();
}

void CoapExchange::take_answer() {
  received_ += answer_.payload.size();
  if (answer_.payload.empty()) {
    after_block();
  } else if (request_.automatic) {
    std::size_t offset = delivered_;
    delivered_ += answer_.payload.size();
    listener_->block_came(offset, answer_.payload);
    after_block();
  } else {
    waiting_ = std::move(answer_.payload);
    waits_ = true;
    limit(options_.longest_pull, "the host has not fetched the block");
    listener_->block_waits(answer_.code, waiting_.size());
  }
}

void CoapExchange::after_block() {
  if (listener_ == nullptr) {
    return;
  }
  if (answer_.block2 && answer_.block2->more) {
    ask_for_block(*answer_.block2);
  } else if (observing_ && answer_.code < first_error) {
    delivered_ = 0;
    schedule();
  } else {
    end(answer_.code);
  }
}

// Of an answer to a registration too: the further blocks are asked for by themselves (RFC 7959, clause 2.6).
void CoapExchange::ask_for_block(const CoapBlock& last) {
  CoapPacket made = packet();
  std::erase_if(made.options, [](const auto& option) { return option.first == number(CoapOption::observe); });
  block_token_ = CoapLibrary::make_token();
  made.token = block_token_;
  std::size_t size = received_ % options_.block == 0 ? std::min(last.size, options_.block) : last.size;
  CoapBlock wanted{static_cast<std::uint32_t>(received_ / size), false, size};
  made.options.emplace_back(number(CoapOption::block2), wanted.encoded());
  if (!send(made)) {
    end(no_code, no_answer(base::Cause::message_too_large, "the options do not fit into a packet"));
  }
}

CoapExchange::Pulled CoapExchange::pull(std::size_t most) {
  Pulled pulled{delivered_, waiting_.substr(0, most)};
  waiting_.erase(0, pulled.bytes.size());
  delivered_ += pulled.bytes.size();
  return pulled;
}

void CoapExchange::go_on() {
  if (!waits_ || !waiting_.empty()) {
    return;
  }
  waits_ = false;
  limit_.cancel();
  after_block();
}

// The end

void CoapExchange::end(int code, std::optional<base::Reason> why) {
  auto self = shared_from_this();
  Listener* told = listener_;
  std::size_t total = cancel();
  if (told != nullptr) {
    told->ended(code, total, why);
  }
}

std::size_t CoapExchange::cancel() {
  listener_ = nullptr;
  takes_payload_ = false;
  limit_.cancel();
  work_.cancel();
  if (library_ != nullptr) {
    library_->close();
  }
  return delivered_;
}

}  // namespace attache::services

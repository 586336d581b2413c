#include "services/coap_library.hpp"

#include <coap3/coap.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "net/bridge.hpp"
#include "net/failure.hpp"

namespace attache::services {

namespace {

constexpr unsigned largest_packet = 2048;
constexpr unsigned size_bits = 3;    // Of a block option: the exponent of its size, less 4 …
constexpr unsigned more_bit = 0x08;  // … then this bit, then the number.
constexpr unsigned number_shift = 4;

struct FreeContext {
  void operator()(coap_context_t* context) const { coap_free_context(context); }
};

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::string text_of(const std::uint8_t* bytes, std::size_t size) {
  return size == 0 ? std::string() : std::string(reinterpret_cast<const char*>(bytes), size);
}

std::optional<std::string> option_of(const coap_pdu_t* pdu, CoapOption option) {
  coap_opt_iterator_t iterator;
  coap_opt_t* found = coap_check_option(pdu, static_cast<coap_option_num_t>(option), &iterator);
  if (found == nullptr) {
    return std::nullopt;
  }
  return text_of(coap_opt_value(found), coap_opt_length(found));
}

std::optional<CoapBlock> block_of(const coap_pdu_t* pdu, CoapOption option) {
  auto value = option_of(pdu, option);
  return value ? CoapBlock::decoded(*value) : std::nullopt;
}

CoapResponse read(const coap_pdu_t* pdu) {
  CoapResponse response;
  response.code = static_cast<std::uint8_t>(coap_pdu_get_code(pdu));
  coap_bin_const_t token = coap_pdu_get_token(pdu);
  response.token = text_of(token.s, token.length);
  response.observed = option_of(pdu, CoapOption::observe).has_value();
  response.block1 = block_of(pdu, CoapOption::block1);
  response.block2 = block_of(pdu, CoapOption::block2);
  std::size_t size = 0;
  const std::uint8_t* data = nullptr;
  if (coap_get_data(pdu, &size, &data) != 0) {
    response.payload = text_of(data, size);
  }
  return response;
}

// The library takes one datagram at a time, and the loop tells of an event once.
bool has_events(int descriptor) {
  pollfd asked{descriptor, POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

std::string_view word_of(coap_nack_reason_t reason) {
  switch (reason) {
    case COAP_NACK_TOO_MANY_RETRIES:
      return "no acknowledgement came, however often it was sent";
    case COAP_NACK_RST:
      return "the server refused it with a reset";
    default:
      return "it could not be delivered";
  }
}

}  // namespace

std::string CoapBlock::encoded() const {
  unsigned exponent = 0;
  while ((std::size_t{16} << exponent) < size) {
    ++exponent;
  }
  unsigned value = (number << number_shift) | (more ? more_bit : 0U) | exponent;
  std::array<std::uint8_t, 4> buffer{};
  unsigned length = coap_encode_var_safe(buffer.data(), buffer.size(), value);
  return text_of(buffer.data(), length);
}

std::optional<CoapBlock> CoapBlock::decoded(std::string_view value) {
  constexpr std::size_t longest = 3;
  constexpr unsigned no_exponent = 7;
  if (value.size() > longest) {
    return std::nullopt;
  }
  unsigned number = coap_decode_var_bytes(bytes_of(value), value.size());
  unsigned exponent = number & ((1U << size_bits) - 1);
  if (exponent == no_exponent) {
    return std::nullopt;
  }
  return CoapBlock{number >> number_shift, (number & more_bit) != 0, std::size_t{16} << exponent};
}

struct CoapLibrary::Parts {
  explicit Parts(asio::io_context& io) : events(io) {}
  ~Parts() {
    if (events.is_open()) {
      events.release();  // The library's own.
    }
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  static coap_response_t responded(coap_session_t* session, const coap_pdu_t*, const coap_pdu_t* received,
                                   const coap_mid_t) {
    auto* self = static_cast<CoapLibrary*>(coap_session_get_app_data(session));
    bool wanted = self->listener_ != nullptr && self->listener_->responded(read(received));
    return wanted ? COAP_RESPONSE_OK : COAP_RESPONSE_FAIL;
  }

  static void refused(coap_session_t* session, const coap_pdu_t*, const coap_nack_reason_t reason,
                      const coap_mid_t) {
    auto* self = static_cast<CoapLibrary*>(coap_session_get_app_data(session));
    if (self->listener_ != nullptr) {
      self->listener_->undelivered(word_of(reason));
    }
  }

  std::shared_ptr<net::DatagramBridge> bridge;
  std::unique_ptr<coap_context_t, FreeContext> context;
  coap_session_t* session = nullptr;  // Of the context.
  asio::posix::stream_descriptor events;
};

CoapLibrary::CoapLibrary(Listener& listener) : listener_(&listener) {}

CoapLibrary::~CoapLibrary() {
  close();
}

net::NetResult<std::shared_ptr<CoapLibrary>> CoapLibrary::create(asio::io_context& context,
                                                                 Listener& listener) {
  static const bool started = [] {
    coap_startup();
    coap_set_log_level(LOG_EMERG);  // What matters is told in reasons.
    return true;
  }();
  static_cast<void>(started);
  auto bridge = net::DatagramBridge::create(context);
  if (!bridge) {
    return bridge.error();
  }
  std::shared_ptr<CoapLibrary> library(new CoapLibrary(listener));
  library->parts_ = std::make_unique<Parts>(context);
  Parts& parts = *library->parts_;
  parts.bridge = *bridge;
  parts.context.reset(coap_new_context(nullptr));
  coap_address_t to;
  coap_address_init(&to);
  to.size = sizeof to.addr.sin;
  to.addr.sin.sin_family = AF_INET;
  to.addr.sin.sin_port = htons(parts.bridge->port());
  to.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (parts.context != nullptr) {
    parts.session = coap_new_client_session(parts.context.get(), nullptr, &to, COAP_PROTO_UDP);
  }
  if (parts.session == nullptr) {
    return net::make_failure(base::Cause::host_computer, net::Errno::no_buffers, "no CoAP request",
                             "libcoap could not make a session on the loopback interface");
  }
  coap_session_set_app_data(parts.session, library.get());
  coap_session_set_mtu(parts.session, largest_packet);
  coap_register_response_handler(parts.context.get(), Parts::responded);
  coap_register_nack_handler(parts.context.get(), Parts::refused);
  const coap_address_t* own = coap_session_get_addr_local(parts.session);
  if (auto accepted = parts.bridge->accept(ntohs(own->addr.sin.sin_port)); !accepted) {
    return accepted.error();
  }
  parts.events.assign(coap_context_get_coap_fd(parts.context.get()));
  return library;
}

std::string CoapLibrary::make_token() {
  std::array<std::uint8_t, 8> token{};
  coap_prng(token.data(), token.size());
  return text_of(token.data(), token.size());
}

bool CoapLibrary::send(const CoapPacket& packet) {
  Parts& parts = *parts_;
  coap_pdu_t* pdu = coap_pdu_init(packet.confirmable ? COAP_MESSAGE_CON : COAP_MESSAGE_NON,
                                  static_cast<coap_pdu_code_t>(packet.code),
                                  coap_new_message_id(parts.session), largest_packet);
  if (pdu == nullptr) {
    return false;
  }
  bool fits = coap_add_token(pdu, packet.token.size(), bytes_of(packet.token)) != 0;
  coap_optlist_t* options = nullptr;
  for (const auto& [number, value] : packet.options) {
    fits =
        fits && coap_insert_optlist(&options, coap_new_optlist(number, value.size(), bytes_of(value))) != 0;
  }
  fits = fits && (options == nullptr || coap_add_optlist_pdu(pdu, &options) != 0);
  coap_delete_optlist(options);
  if (fits && !packet.payload.empty()) {
    fits = coap_add_data(pdu, packet.payload.size(), bytes_of(packet.payload)) != 0;
  }
  if (!fits) {
    coap_delete_pdu(pdu);
    return false;
  }
  return coap_send(parts.session, pdu) != COAP_INVALID_MID;
}

void CoapLibrary::give(std::string_view datagram) {
  parts_->bridge->give(datagram);
}

asio::awaitable<void> CoapLibrary::run_upwards() {
  auto self = shared_from_this();
  while (listener_ != nullptr) {
    auto datagram = co_await parts_->bridge->take();
    if (!datagram || listener_ == nullptr) {
      co_return;
    }
    co_await listener_->carry(std::move(*datagram));
  }
}

// The library has one descriptor for what comes and for its timers.
asio::awaitable<void> CoapLibrary::run_timers() {
  auto self = shared_from_this();
  while (listener_ != nullptr) {
    auto [error] = co_await parts_->events.async_wait(asio::posix::stream_descriptor::wait_read,
                                                      asio::as_tuple(asio::use_awaitable));
    if (error || listener_ == nullptr) {
      co_return;
    }
    while (listener_ != nullptr && has_events(parts_->events.native_handle())) {
      coap_io_process(parts_->context.get(), COAP_IO_NO_WAIT);
    }
  }
}

void CoapLibrary::close() {
  listener_ = nullptr;
  if (parts_ != nullptr && parts_->events.is_open()) {
    parts_->events.release();
    parts_->bridge->close();
  }
}

}  // namespace attache::services

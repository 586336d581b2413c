#include "conformance/coap_server.hpp"

#include <coap3/coap.h>
#include <netinet/in.h>
#include <poll.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace attache::conformance {

namespace asio = boost::asio;

namespace {

bool is_notifying = false;  // In the one thread that there is.

void add_text(coap_pdu_t* response, std::string_view text) {
  coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
  coap_add_data(response, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
}

void say_hello(coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*,
               coap_pdu_t* response) {
  add_text(response, "23.5 Celsius");
}

void take_data(coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*,
               coap_pdu_t* response) {
  coap_pdu_set_code(response, COAP_RESPONSE_CODE_CHANGED);
}

void find_nothing(coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*,
                  coap_pdu_t* response) {
  coap_pdu_set_code(response, COAP_RESPONSE_CODE_NOT_FOUND);
}

// A response without a code is an acknowledgement alone.
void say_nothing(coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*, coap_pdu_t*) {}

void show_temperature(coap_resource_t*, coap_session_t*, const coap_pdu_t*, const coap_string_t*,
                      coap_pdu_t* response) {
  add_text(response, is_notifying ? "21.7" : "21.5");
}

coap_resource_t* add(coap_context_t* context, std::string_view path, coap_request_t method,
                     coap_method_handler_t handler) {
  auto* name = coap_new_str_const(reinterpret_cast<const std::uint8_t*>(path.data()), path.size());
  coap_resource_t* resource = coap_resource_init(name, COAP_RESOURCE_FLAGS_RELEASE_URI);
  coap_register_request_handler(resource, method, handler);
  coap_add_resource(context, resource);
  return resource;
}

}  // namespace

struct CoapServer::State {
  State(asio::io_context& io, base::Clock& the_clock) : clock(the_clock), events(io) {}
  ~State() { coap_free_context(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  base::Clock& clock;
  asio::posix::stream_descriptor events;
  coap_context_t* context = nullptr;
  coap_resource_t* observed = nullptr;
  std::uint16_t port = 0;
  bool open = true;
  base::Alarm change;

  static asio::awaitable<void> run(std::shared_ptr<State> self) {
    while (self->open) {
      auto [error] = co_await self->events.async_wait(asio::posix::stream_descriptor::wait_read,
                                                      asio::as_tuple(asio::use_awaitable));
      if (error || !self->open) {
        co_return;
      }
      pollfd asked{self->events.native_handle(), POLLIN, 0};
      while (::poll(&asked, 1, 0) > 0) {
        coap_io_process(self->context, COAP_IO_NO_WAIT);
      }
    }
  }

  void change_later() {
    change = clock.call_after(std::chrono::seconds(1), [this] {
      coap_resource_notify_observers(observed, nullptr);
      is_notifying = true;
      coap_io_process(context, COAP_IO_NO_WAIT);
      is_notifying = false;
      change_later();
    });
  }
};

CoapServer::CoapServer(asio::io_context& context, base::Clock& clock)
    : state_(std::make_shared<State>(context, clock)) {
  coap_startup();
  coap_set_log_level(LOG_EMERG);
  asio::ip::udp::socket probe(context, {asio::ip::address_v4::loopback(), 0});
  state_->port = probe.local_endpoint().port();
  probe.close();
  coap_address_t at;
  coap_address_init(&at);
  at.size = sizeof at.addr.sin;
  at.addr.sin.sin_family = AF_INET;
  at.addr.sin.sin_port = htons(state_->port);
  at.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  state_->context = coap_new_context(nullptr);
  coap_new_endpoint(state_->context, &at, COAP_PROTO_UDP);
  add(state_->context, "hello", COAP_REQUEST_GET, say_hello);
  add(state_->context, "data", COAP_REQUEST_POST, take_data);
  add(state_->context, "missing", COAP_REQUEST_GET, find_nothing);
  add(state_->context, "never", COAP_REQUEST_GET, say_nothing);
  state_->observed = add(state_->context, "obs", COAP_REQUEST_GET, show_temperature);
  coap_resource_set_get_observable(state_->observed, 1);
  state_->events.assign(coap_context_get_coap_fd(state_->context));
  state_->change_later();
  asio::co_spawn(context, State::run(state_), asio::detached);
}

CoapServer::~CoapServer() {
  state_->open = false;
  state_->change.cancel();
  state_->events.release();
}

std::uint16_t CoapServer::port() const {
  return state_->port;
}

}  // namespace attache::conformance

#include "client/conversation.hpp"

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/event.hpp"
#include "base/spawn.hpp"

namespace attache::client {

/// What the reading coroutine shares with the conversation, which may end before it does.
struct Conversation::State {
  LineReader reader;
  Listener* listener = nullptr;
  base::Event changed;
  asio::cancellation_signal stop;
  std::size_t received = 0;
  base::Time last_arrival{};
  bool closed = false;
  std::string close_reason;
};

Conversation::Conversation(serial::Port& port, base::Clock& clock, Listener* listener)
    : port_(port), clock_(clock), state_(std::make_shared<State>()) {
  state_->listener = listener;
  state_->last_arrival = clock.now();
  asio::co_spawn(clock.context(), pump(state_, port, clock),
                 asio::bind_cancellation_slot(state_->stop.slot(),
                                              [](std::exception_ptr error) { base::end_task(error); }));
}

Conversation::~Conversation() {
  state_->listener = nullptr;
  state_->closed = true;
  // From the loop: a coroutine that has not begun to wait yet must not miss the signal.
  asio::post(clock_.context(), [state = state_] { state->stop.emit(asio::cancellation_type::terminal); });
}

asio::awaitable<void> Conversation::pump(std::shared_ptr<State> state, serial::Port& port,
                                         base::Clock& clock) {
  std::array<char, 4096> buffer;
  try {
    while (!state->closed) {
      std::size_t count = co_await port.read_some(buffer);
      if (state->closed) {
        break;
      }
      if (count == 0) {
        state->close_reason = "the other side closed the line";
        break;
      }
      std::string_view bytes(buffer.data(), count);
      state->received += count;
      state->last_arrival = clock.now();
      state->reader.feed(bytes);
      if (state->listener != nullptr) {
        state->listener->received(bytes);
      }
      state->changed.notify();
    }
  } catch (const boost::system::system_error& error) {
    state->close_reason = error.code().message();
  }
  state->closed = true;
  state->changed.notify();
}

void Conversation::send(std::string_view bytes) {
  if (state_->listener != nullptr) {
    state_->listener->sent(bytes);
  }
  port_.write(bytes);
}

LineReader& Conversation::reader() {
  return state_->reader;
}

// Holds no share of the state: the state holds the coroutine that waits here.
asio::awaitable<bool> Conversation::more(base::Time deadline) {
  State& state = *state_;
  std::size_t before = state.received;
  base::Alarm alarm = clock_.call_at(deadline, [&state] { state.changed.notify(); });
  while (state.received == before && !state.closed && clock_.now() < deadline) {
    co_await state.changed.wait();
  }
  co_return state.received != before;
}

// What the descriptor or the other end in memory holds reaches the reader within two turns of the loop; the
// rest is margin. Only a line that never stops needs the limit.
asio::awaitable<void> Conversation::catch_up() {
  constexpr int turns = 4;
  constexpr std::size_t limit = 256UL * 1024;
  std::size_t begin = state_->received;
  std::size_t before = 0;
  do {
    before = state_->received;
    for (int turn = 0; turn < turns; ++turn) {
      co_await asio::post(clock_.context(), asio::use_awaitable);
    }
  } while (state_->received != before && state_->received - begin < limit && !state_->closed);
}

asio::awaitable<void> Conversation::silence(base::Duration duration) {
  base::Time end = clock_.now() + duration;
  while (clock_.now() < end && !is_closed()) {
    bool came = co_await more(end);
    if (came) {
      end = clock_.now() + duration;
    }
  }
}

bool Conversation::is_closed() const {
  return state_->closed;
}

const std::string& Conversation::close_reason() const {
  return state_->close_reason;
}

base::Time Conversation::last_arrival() const {
  return state_->last_arrival;
}

}  // namespace attache::client

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/journal.hpp"
#include "serial/cmux/multiplexer.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;
using serial::cmux::FaultOrders;
using serial::cmux::Multiplexer;
using serial::cmux::MultiplexerOptions;

/// What happens in a multiplexer, in order.
class MultiplexedHost final : public serial::cmux::MultiplexerUser {
 public:
  explicit MultiplexedHost(unsigned flags) : flags_(flags) {
    options_.whole_standard = (flags & 1U) != 0;
    options_.frame_size = (flags & 2U) != 0 ? 31 : 127;
    multiplexer_.emplace(options_, orders_, journal_, *this);
    if ((flags & 4U) != 0) {
      multiplexer_->send(1, std::string(1000, 'a'), now_);
      multiplexer_->send(2, std::string(1000, 'b'), now_);
    }
  }

  void say(std::string_view octets) {
    multiplexer_->receive(octets, now_);
    take();
  }

  std::string finish() {
    base::Time end = now_ + ((flags_ & 8U) != 0 ? 1s : 0s);
    for (int turns = 0; turns < 100 && !has_ended_; ++turns) {
      auto deadline = multiplexer_->deadline();
      if (!deadline || *deadline > end) {
        break;
      }
      now_ = std::max(now_, *deadline);
      multiplexer_->pass(now_);
      take();
    }
    // When data of the device go out between what the host sends depends on how that is cut.
    std::string all = happened_ + "\n" + ((flags_ & 4U) != 0 ? std::string() : output_);
    for (std::size_t dlci = 1; dlci <= options_.channels; ++dlci) {
      all += "\n" + received_[dlci];
    }
    return all;
  }

  void opened(std::uint8_t dlci) override { tell("opened", dlci); }
  void closed(std::uint8_t dlci) override { tell("closed", dlci); }
  void received(std::uint8_t dlci, std::string_view data) override {
    must(!has_ended_, "nothing comes after the end");
    must(data.size() <= options_.frame_size, "no frame is longer than N1");
    must(multiplexer_->is_open(dlci), "data come on open channels alone");
    received_.at(dlci) += data;
  }
  void host_lines_changed(std::uint8_t dlci, const base::HostLines&) override { tell("lines", dlci); }
  void output_shrunk(std::uint8_t) override {}
  void ended(std::string_view) override { has_ended_ = true; }

 private:
  void tell(std::string_view what, std::uint8_t dlci) {
    must(dlci >= 1 && dlci <= options_.channels, "only channels that there are");
    happened_ += what;
    happened_ += static_cast<char>('0' + dlci);
  }

  void take() {
    for (std::string octets = "x"; !octets.empty();) {
      octets = multiplexer_->take_output(1024, now_);
      must(octets.empty() || octets.back() == serial::cmux::flag, "whole frames alone are sent");
      output_ += octets;
    }
  }

  unsigned flags_;
  MultiplexerOptions options_;
  FaultOrders orders_;
  base::NullJournal journal_;
  std::optional<Multiplexer> multiplexer_;
  base::Time now_{};
  std::string happened_;
  std::string output_;
  std::vector<std::string> received_ = std::vector<std::string>(5);
  bool has_ended_ = false;
};

std::string run(unsigned flags, const std::vector<std::string_view>& pieces) {
  MultiplexedHost host(flags);
  for (std::string_view piece : pieces) {
    host.say(piece);
  }
  return host.finish();
}

}  // namespace

void fuzz_cmux(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto flags = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  must(run(flags, {input}) == run(flags, Cutter(input, 7).cut(input)), "any split gives the same");
}

}  // namespace attache::fuzz

#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "cassette/recorder.hpp"
#include "client/conversation.hpp"

namespace attache::conformance {

/// What was said until the device was steered, or to the end.
struct Part {
  std::string cassette;  ///< As a file has it.
  client::Values secrets;
  std::string steering;  ///< What was ordered then; empty at the end.
};

/// Records what a conversation hears. Steering is nothing that is said, so that it parts the recording.
class Tap : public client::Listener {
 public:
  Tap(base::Clock& clock, std::string_view dialect)
      : clock_(clock), head_(fmt::format("{}\n@ dialect {}\n", cassette::first_line, dialect)) {
    begin({});
  }

  void sent(std::string_view bytes) override { recorder_->hear(cassette::Side::host, bytes, clock_.now()); }
  void received(std::string_view bytes) override {
    recorder_->hear(cassette::Side::modem, bytes, clock_.now());
  }

  void steered(const std::string& command) {
    end(command);
    begin(parts_.back().secrets);
  }
  std::vector<Part> finish() {
    end({});
    return std::move(parts_);
  }

 private:
  void begin(const client::Values& known) {
    text_ = head_;
    recorder_.emplace(clock_.now(), cassette::SecretNames(known),
                      [this](const cassette::Entry& entry) { text_ += cassette::line_of(entry); });
  }
  void end(const std::string& steering) {
    recorder_->finish();
    parts_.push_back({std::move(text_), recorder_->names().values(), steering});
  }

  base::Clock& clock_;
  std::string head_;
  std::string text_;
  std::optional<cassette::Recorder> recorder_;
  std::vector<Part> parts_;
};

}  // namespace attache::conformance

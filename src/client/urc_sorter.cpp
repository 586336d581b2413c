#include "client/urc_sorter.hpp"

#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

void UrcSorter::begin(std::string_view sent) {
  end_command();
  if (!command_name(sent).empty()) {
    command_ = sent.substr(0, sent.find_first_of("\r\n"));
  }
}

void UrcSorter::end_command() {
  command_.clear();
  answered_ = false;
  held_.reset();
}

void UrcSorter::note(std::string_view line) {
  if (vocabulary::is_final_result(line)) {
    payload_ = 0;
    end_command();
    return;
  }
  if (payload_ > 0) {
    --payload_;
    return;
  }
  if (may_answer(command_, line)) {
    answered_ = true;
  } else if (auto payload = urc_payload_lines(dialect_, line)) {
    payload_ = *payload;
    skips_payload_ = false;
  }
}

UrcSorter::Place UrcSorter::sort(std::string_view line) {
  if (vocabulary::is_final_result(line)) {
    payload_ = 0;
    return Place::here;
  }
  if (payload_ > 0 && skips_payload_) {
    --payload_;
    return Place::aside;
  }
  auto payload = urc_payload_lines(dialect_, line);
  if (!payload) {
    return Place::here;
  }
  if (!answered_ && may_answer(command_, line)) {
    held_ = line;
    return Place::held;
  }
  payload_ = *payload;
  skips_payload_ = true;
  return Place::aside;
}

std::optional<std::string> UrcSorter::answer_missed_at(std::string_view line) const {
  if (answered_ || !vocabulary::is_final_result(line)) {
    return std::nullopt;
  }
  // A command of the modem firmware that fails has no other answer (nrf91-modem/errors.md).
  bool failed_without_answer = line != "OK" && !command_name(command_).starts_with('#');
  return failed_without_answer ? std::nullopt : held_;
}

}  // namespace attache::client

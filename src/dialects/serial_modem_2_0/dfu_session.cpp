#include "dialects/serial_modem_2_0/dfu_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using services::FirmwareKind;

constexpr std::string_view dfu_module = "dfu";
constexpr int data_written = 1;
constexpr int update_applied = 2;

FirmwareKind kind_of(DfuSession::Type type) {
  switch (type) {
    case DfuSession::Type::modem_delta:
      return FirmwareKind::modem_delta;
    case DfuSession::Type::modem_full:
      return FirmwareKind::modem_full;
    case DfuSession::Type::bootloader:
      return FirmwareKind::bootloader;
    case DfuSession::Type::application:
      break;
  }
  return FirmwareKind::application;
}

}  // namespace

DfuSession::DfuSession(Application& application)
    : application_(application), update_(application.firmware()) {}

std::vector<int> DfuSession::types(const Application& application) {
  std::vector<int> known{static_cast<int>(Type::application), static_cast<int>(Type::modem_delta)};
  if (application.options().full_dfu) {
    known.push_back(static_cast<int>(Type::modem_full));
  }
  if (application.options().dual_slot_bootloader) {
    known.push_back(static_cast<int>(Type::bootloader));
  }
  return known;
}

void DfuSession::begin(Type type, std::uint32_t size, Answer answer) {
  if (type == Type::modem_full) {
    restart_for_whole_modem(std::move(answer));
    return;
  }
  if (auto begun = update_.begin(kind_of(type), size); !begun) {
    answer.error(begun.error());
    return;
  }
  answer.ok();
}

void DfuSession::restart_for_whole_modem(Answer answer) {
  if (auto noted = application_.firmware().enter_modem_bootloader(); !noted) {
    answer.error(noted.error());
    return;
  }
  update_.begin_whole_modem();
  if (edition(application_).tells_end_of_dfu && application_.options().dfu_bootloader_ok) {
    answer.ok();
  } else {
    answer.silence();
  }
  application_.power().reset_soon();
}

void DfuSession::write(Type type, std::size_t length, Answer answer) {
  channel_ = answer.channel();
  type_ = type;
  well_ = true;
  left_ = length;
  channel_.enter_data_mode(application_.data_mode().policy(channel_, length), *this);
  answer.ok();
}

void DfuSession::send(std::string data) {
  left_ -= std::min(left_, data.size());
  auto written =
      type_ == Type::modem_full ? update_.append_to_segment(data) : update_.append(kind_of(type_), data);
  if (!written && std::exchange(well_, false)) {
    report(written.error());
  }
  channel_.data_sent();
}

// A failure does not break data mode.
void DfuSession::terminated() {
  tell(type_, data_written, well_ && left_ == 0);
}

void DfuSession::apply(Type type, Answer answer) {
  if (type == Type::modem_full) {
    apply_segment(std::move(answer));
    return;
  }
  auto applied = update_.apply(kind_of(type), !application_.strict());
  answer.ok();
  tell(type, update_applied, applied.has_value());
  if (!applied) {
    report(applied.error());
  }
}

// The device starts by itself once the firmware has followed the bootloader.
void DfuSession::apply_segment(Answer answer) {
  auto whole = update_.apply_segment();
  bool is_over = whole && *whole;
  if (is_over && !edition(application_).tells_end_of_dfu) {
    answer.silence();
  } else {
    answer.ok();
    tell(Type::modem_full, update_applied, whole.has_value());
  }
  if (!whole) {
    report(whole.error());
  }
  if (is_over) {
    application_.power().reset_soon();
  }
}

void DfuSession::tell(Type type, int operation, bool went_well) {
  application_.notices().write(
      application_.notices().urc_channel(),
      fmt::format("#XDFU: {},{},{}\r\n", static_cast<int>(type), operation, went_well ? 0 : -1));
}

void DfuSession::report(const base::Reason& reason) {
  application_.journal().report(dfu_module, reason);
}

void DfuSession::close_because(std::string_view) {
  close();
}

void DfuSession::close() {
  update_.forget();
}

void DfuSession::forget() {
  bootloader_mode_ = false;
}

}  // namespace attache::dialects::serial_modem_2_0

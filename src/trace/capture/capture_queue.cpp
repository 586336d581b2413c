#include "trace/capture/capture_queue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trace/format/block_writer.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t most_names = 1024;   // That a new file repeats.
constexpr std::size_t most_secrets = 256;  // Lines; a handshake has one.
constexpr std::size_t header_size = 64;

std::size_t size_of(const block::Packet& packet) {
  return packet.bytes.size() + header_size;
}

}  // namespace

CaptureQueue::CaptureQueue(block::Section section, Output output)
    : section_(std::move(section)), output_(std::move(output)) {}

std::uint32_t CaptureQueue::add_interface(block::Interface interface) {
  queue_.emplace_back(interface);
  interfaces_.push_back(std::move(interface));
  counts_.emplace_back();
  return static_cast<std::uint32_t>(interfaces_.size() - 1);
}

void CaptureQueue::packet(block::Packet packet) {
  ++packets_;
  ++counts_[packet.interface].received;
  waiting_ += size_of(packet);
  queue_.emplace_back(std::move(packet));
}

void CaptureQueue::name(const std::string& address, const std::string& name) {
  auto known = std::find_if(names_.begin(), names_.end(),
                            [&](const block::Names::Entry& entry) { return entry.address == address; });
  if (known != names_.end() && known->names.front() == name) {
    return;
  }
  block::Names::Entry entry{address, {name}};
  queue_.emplace_back(block::Names{{entry}});
  if (known != names_.end()) {
    *known = std::move(entry);
  } else if (names_.size() < most_names) {
    names_.push_back(std::move(entry));
  }
}

void CaptureQueue::secret(std::string_view line) {
  secrets_.push_back(fmt::format("{}\n", line));
  queue_.emplace_back(block::Secrets{block::Secrets::tls_key_log, secrets_.back()});
  if (secrets_.size() > most_secrets) {
    secrets_.pop_front();
  }
}

bool CaptureQueue::annotate(std::uint32_t interface, PacketDirection direction, const std::string& comment) {
  for (auto block = queue_.rbegin(); block != queue_.rend(); ++block) {
    auto* packet = std::get_if<block::Packet>(&*block);
    if (packet != nullptr && packet->interface == interface && packet->direction == direction) {
      packet->comments.push_back(comment);
      return true;
    }
  }
  return false;
}

void CaptureQueue::flush() {
  give_first(queue_.size());
  settled_ = 0;
}

bool CaptureQueue::flush_settled() {
  give_first(settled_);
  settled_ = queue_.size();
  return settled_ > 0;
}

void CaptureQueue::give_first(std::size_t blocks) {
  for (; blocks > 0; --blocks) {
    Block block = std::move(queue_.front());
    queue_.pop_front();
    if (auto* packet = std::get_if<block::Packet>(&block)) {
      waiting_ -= size_of(*packet);
      give(std::move(*packet));
    } else {
      output_(to_bytes(block));
    }
  }
}

void CaptureQueue::give(block::Packet packet) {
  InterfaceCount& count = counts_[packet.interface];
  if (count.dropped_since > 0) {
    packet.dropped = count.dropped_since;
    packet.comments.push_back(fmt::format(
        "{} packets before this one were dropped: the capture could not be written as fast as they came",
        count.dropped_since));
  }
  if (output_(to_bytes(packet))) {
    count.dropped_since = 0;
    return;
  }
  ++count.dropped;
  ++count.dropped_since;
  ++dropped_;
}

void CaptureQueue::finish(base::WallTime now) {
  flush();
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    output_(to_bytes(
        block::Statistics{static_cast<std::uint32_t>(i), now, counts_[i].received, counts_[i].dropped, {}}));
  }
}

std::string CaptureQueue::preamble() const {
  std::string bytes = to_bytes(section_);
  for (const auto& interface : interfaces_) {
    bytes += to_bytes(interface);
  }
  if (!names_.empty()) {
    bytes += to_bytes(block::Names{names_});
  }
  for (const auto& line : secrets_) {
    bytes += to_bytes(block::Secrets{block::Secrets::tls_key_log, line});
  }
  return bytes;
}

}  // namespace attache::trace

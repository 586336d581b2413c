#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

/// The host's end of a multiplexer after 3GPP TS 27.010, basic option, with N1 = 127. Written for itself: it
/// shares no line, and so no mistake, with the device's.
class CmuxHost {
 public:
  using Write = std::function<void(std::string_view)>;

  explicit CmuxHost(Write write) : write_(std::move(write)) {}

  /// Sends SABM; is_open() once UA has come.
  void open(std::uint8_t dlci);
  [[nodiscard]] bool is_open(std::uint8_t dlci) { return channels_[dlci].is_open; }
  /// What the device holds back (FC) waits here.
  void send(std::uint8_t dlci, std::string_view bytes);
  /// Octets of the line.
  void receive(std::string_view octets);
  /// What has come on a channel.
  std::string take(std::uint8_t dlci) { return std::exchange(channels_[dlci].came, {}); }
  /// Frames with a wrong check sequence, and octets outside of frames.
  [[nodiscard]] std::uint64_t faults() const { return faults_; }

 private:
  struct Channel {
    bool is_open = false;
    bool is_held_back = false;
    std::string came;
    std::string waits;
  };

  void put(std::uint8_t dlci, std::uint8_t control, std::string_view information);
  void handle(std::uint8_t dlci, std::uint8_t control, std::string_view information);
  void handle_message(std::string_view message);
  void send_waiting(std::uint8_t dlci);

  Write write_;
  std::string input_;
  std::map<std::uint8_t, Channel> channels_;
  std::uint64_t faults_ = 0;
};

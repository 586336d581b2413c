#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cmux_host.hpp"

/// A serial line to a device: a plain one, or one that is divided by CMUX. Then its DLCs are told apart by
/// their numbers, which a plain line ignores.
class HostLine {
 public:
  /// Throws std::runtime_error if the port cannot be opened.
  explicit HostLine(const std::string& path);
  HostLine(const HostLine&) = delete;
  HostLine& operator=(const HostLine&) = delete;
  ~HostLine();

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Writes all of it; meanwhile it reads what the device has to say, which may wait for that.
  void send(std::uint8_t dlci, std::string_view bytes);
  /// Reads what is there.
  void read();
  /// What has come.
  std::string take(std::uint8_t dlci);

  /// Lets the multiplexer have what has come.
  void hear();
  /// What follows is frames.
  void divide();
  [[nodiscard]] CmuxHost* multiplexer() { return multiplexer_.get(); }

 private:
  void write(std::string_view bytes);

  int descriptor_;
  std::string unheard_;  // What has been read, and nobody has looked at yet.
  std::unique_ptr<CmuxHost> multiplexer_;
};

#include "serial/port.hpp"

namespace attache::serial {

base::Result<void> Port::drive_host_lines(const base::HostLines& lines) {
  if (std::exchange(host_lines_, lines) != lines && on_host_lines_) {
    on_host_lines_(lines);
  }
  return {};
}

}  // namespace attache::serial

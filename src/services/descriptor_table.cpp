#include "services/descriptor_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/failure.hpp"

namespace attache::services {

net::NetResult<DescriptorTable::Descriptor> DescriptorTable::take() {
  for (std::size_t i = first_; i < size_; ++i) {
    if (!entries_[i].used) {
      entries_[i] = {.used = true};
      return Descriptor(*this, static_cast<int>(i));
    }
  }
  return net::make_failure(
      net::Errno::too_many_files, "no socket is free",
      fmt::format("all {} descriptors that the application has for sockets are in use", size_ - first_),
      "close a socket, a proxy, or an HTTP, MQTT or FTP connection: they share them");
}

std::size_t DescriptorTable::in_use() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.used; }));
}

bool DescriptorTable::Descriptor::claim(Transport transport, std::uint16_t port) {
  auto& entries = table_->entries_;
  bool taken = port != 0 && std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
                 return entry.used && entry.transport == transport && entry.port == port;
               });
  if (!taken) {
    Entry& own = entries[static_cast<std::size_t>(number_)];
    own.transport = transport;
    own.port = port;
  }
  return !taken;
}

void DescriptorTable::Descriptor::release() {
  if (table_ != nullptr) {
    table_->entries_[static_cast<std::size_t>(number_)] = {};
    table_ = nullptr;
    number_ = -1;
  }
}

}  // namespace attache::services

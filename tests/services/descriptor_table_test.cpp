#include "services/descriptor_table.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace attache::services {
namespace {

using Descriptor = DescriptorTable::Descriptor;
using Transport = DescriptorTable::Transport;

TEST(DescriptorTable, GivesTheLowestFreeNumberFromOneOn) {
  DescriptorTable table(8);
  Descriptor first = *table.take();
  Descriptor second = *table.take();
  Descriptor third = *table.take();
  EXPECT_EQ(first.number(), 1);
  EXPECT_EQ(second.number(), 2);
  EXPECT_EQ(third.number(), 3);
  second.release();
  EXPECT_FALSE(second);
  EXPECT_EQ(second.number(), -1);
  EXPECT_EQ(table.in_use(), 2U);
  EXPECT_EQ(table.take()->number(), 2);
}

TEST(DescriptorTable, HasSevenForUsersOfEight) {
  DescriptorTable table(8);
  std::vector<Descriptor> all;
  for (int i = 1; i <= 7; ++i) {
    all.push_back(*table.take());
  }
  auto none = table.take();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, net::Errno::too_many_files);
  EXPECT_EQ(none.error().reason.why, "all 7 descriptors that the application has for sockets are in use");
  all.clear();
  EXPECT_EQ(table.in_use(), 0U);
}

TEST(DescriptorTable, GivesAPortOfATransportToOneOnly) {
  DescriptorTable table(8);
  Descriptor first = *table.take();
  Descriptor second = *table.take();
  EXPECT_TRUE(first.claim(Transport::tcp, 5000));
  EXPECT_FALSE(second.claim(Transport::tcp, 5000));
  EXPECT_TRUE(second.claim(Transport::udp, 5000));
  EXPECT_TRUE(second.claim(Transport::udp, 0)) << "any port";
  first = Descriptor();
  EXPECT_TRUE(second.claim(Transport::tcp, 5000)) << "free with its descriptor";
}

}  // namespace
}  // namespace attache::services

#include "services/operator_objects.hpp"

#include <gtest/gtest.h>

namespace attache::services {
namespace {

using namespace std::chrono_literals;

TEST(OperatorObjects, KeepWhatTheyAreGivenByPath) {
  OperatorObjects objects;
  EXPECT_EQ(objects.value("/3/0/9"), "");
  objects.set("/3/0/9", "50");
  objects.set("/3/0/9", "51");
  EXPECT_EQ(objects.value("/3/0/9"), "51");
  EXPECT_EQ(objects.all().size(), 1U);
  objects.forget();
  EXPECT_TRUE(objects.all().empty());
}

TEST(OperatorObjects, ListErrorsThatLast) {
  OperatorObjects objects;
  objects.add_error(7);
  objects.add_error(-1);
  objects.add_error(7);
  EXPECT_EQ(objects.value("/3/0/11"), "-1,7");
  EXPECT_TRUE(objects.remove_error(7));
  EXPECT_FALSE(objects.remove_error(7));
  EXPECT_EQ(objects.value("/3/0/11"), "-1");
}

TEST(OperatorObjects, MoveTheTimeOnThatTheyWereTold) {
  OperatorObjects objects;
  EXPECT_FALSE(objects.time(base::Time(5s)));
  objects.set_time(base::WallTime(100s), base::Time(5s));
  EXPECT_EQ(objects.time(base::Time(8s)), base::WallTime(103s));
}

TEST(OperatorObjects, HaveIdentitiesWhereAPortfolioIs) {
  OperatorObjects objects;
  EXPECT_FALSE(objects.create_portfolio(0)) << "there from the start";
  EXPECT_EQ(objects.identity(0, 1), "");
  EXPECT_FALSE(objects.write_identity(2, 0, "x"));
  EXPECT_FALSE(objects.identity(2, 0));
  EXPECT_TRUE(objects.create_portfolio(2));
  EXPECT_TRUE(objects.write_identity(2, 3, "text"));
  EXPECT_EQ(objects.identity(2, 3), "text");
  EXPECT_EQ(objects.value("/16/2/0/3"), "text");
}

}  // namespace
}  // namespace attache::services

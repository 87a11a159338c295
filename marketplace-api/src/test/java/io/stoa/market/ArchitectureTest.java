package io.stoa.market;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.ws.rs.Path;

@AnalyzeClasses(packages = "io.stoa.market", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule featuresDoNotDependOnEachOtherInCircles =
      slices().matching("io.stoa.market.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule whatAllShareKnowsNoFeature =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.stoa.market.web..", "io.stoa.market.node..", "io.stoa.market.wallet..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.stoa.market.catalog..",
              "io.stoa.market.publishing..",
              "io.stoa.market.content..",
              "io.stoa.market.discovery..",
              "io.stoa.market.inference..",
              "io.stoa.market.billing..",
              "io.stoa.market.identity..",
              "io.stoa.market.facilitator..",
              "io.stoa.market.operations..");

  @ArchTest
  static final ArchRule onlyTheChainModuleKnowsWeb3j =
      noClasses().should().dependOnClassesThat().resideInAPackage("org.web3j..");

  @ArchTest
  static final ArchRule onlyPersistenceTalksToTheDatabase =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..");

  @ArchTest
  static final ArchRule entitiesAreNoAnswers =
      methods()
          .that()
          .areDeclaredInClassesThat()
          .areAnnotatedWith(Path.class)
          .should()
          .notHaveRawReturnType(
              new DescribedPredicate<JavaClass>("a type of persistence") {
                @Override
                public boolean test(JavaClass type) {
                  return type.getPackageName().startsWith("io.stoa.persistence");
                }
              });
}

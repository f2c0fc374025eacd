package misstep;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * The simulator's classes, for one run at a time. Those of the Scala library are taken from a loader that all runs share:
 * they hold no state, except for the random numbers, and most of what runs is in them; so they are loaded, compiled and
 * kept once.
 */
final class Loader extends URLClassLoader {
  private final ClassLoader library;

  private Loader(URL jar, ClassLoader library) {
    super(new URL[] {jar}, outside());
    this.library = library;
  }

  /** What is to be shared by all loaders of a simulator. */
  static ClassLoader libraryOf(URL jar) {
    return new URLClassLoader(new URL[] {jar}, outside());
  }

  static Loader of(URL jar, ClassLoader library) {
    return new Loader(jar, library);
  }

  /** The machine's own classes, so that nothing of this bridge is seen from inside. */
  private static ClassLoader outside() {
    return ClassLoader.getSystemClassLoader().getParent();
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean isShared = name.startsWith("scala.") && !name.startsWith("scala.util.Random");
    return isShared ? library.loadClass(name) : super.loadClass(name, resolve);
  }
}

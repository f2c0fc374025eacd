package scienceworld.input;

import scala.collection.mutable.ArrayBuffer;
import scienceworld.struct.EnvObject;

public class InputParser {
  public static native void $anonfun$matchObj$1$original(
      EnvObject container, String input, ArrayBuffer matches, EnvObject thing);
}

package scienceworld.struct;

import scala.collection.immutable.Set;

public class EnvObject {
  public native long uuid();

  public native Set getReferents();
}

package scienceworld.struct;

import scala.Option;
import scala.collection.immutable.Set;

public class EnvObject {
  public native long uuid();

  public native Option getContainer();

  public native Set getReferents();
}

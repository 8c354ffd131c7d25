using Espalier.Tensors;

namespace Espalier.Data;

/// <summary>The classes of a data set do not match those of a network; the message names both.</summary>
public sealed class ClassMismatchException(string message) : EspalierException(message);

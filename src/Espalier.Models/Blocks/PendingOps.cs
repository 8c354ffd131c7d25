using Espalier.Graphs;
namespace Espalier.Models;
internal static class PendingOps
{
    internal static Value ChannelConv1d(this Value x, string name, int kernel) => throw new GraphException(name, $"pending {kernel} {x}");
    internal static Value BlurPool(this Value x, string name) => throw new GraphException(name, $"pending {x}");
    internal static Value RadixSoftmax(this Value x, string name, int radix) => throw new GraphException(name, $"pending {radix} {x}");
}

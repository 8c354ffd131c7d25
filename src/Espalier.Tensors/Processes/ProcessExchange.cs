using System.Runtime.InteropServices;
using System.Text;

namespace Espalier.Tensors;

/// <summary>Exchanges of a group of processes beyond its operations.</summary>
internal static class ProcessExchange
{
    /// <summary>Whether a condition holds in at least one process.</summary>
    internal static bool Any(this IProcessGroup processes, bool own)
    {
        byte[] all = new byte[processes.Count];
        processes.Gather([own ? (byte)1 : (byte)0], all);
        return all.Contains((byte)1);
    }

    /// <summary>Gathers numbers of all processes, as many of each, in the order of their ranks.</summary>
    internal static T[] Gather<T>(this IProcessGroup? processes, T[] own) where T : unmanaged
    {
        if (processes is null)
        {
            return own;
        }

        var all = new T[checked(own.Length * processes.Count)];
        processes.Gather(MemoryMarshal.AsBytes<T>(own), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>Gathers the numbers of each process, which may be more of one than of another.</summary>
    internal static T[][] GatherEach<T>(this IProcessGroup processes, T[] own) where T : unmanaged
    {
        int[] lengths = processes.Gather([own.Length]);
        int longest = lengths.Max();
        var padded = new T[longest];
        own.CopyTo(padded, 0);
        T[] all = processes.Gather(padded);
        return [.. lengths.Select((length, rank) => all.AsSpan(rank * longest, length).ToArray())];
    }

    /// <summary>Gathers a text of each process.</summary>
    internal static string[] Texts(this IProcessGroup processes, string own) => [.. processes.GatherEach(Encoding.UTF8.GetBytes(own)).Select(Encoding.UTF8.GetString)];
}

using System.Runtime.InteropServices;
using Espalier.Kernels;
using Espalier.Tensors;

namespace Espalier.Execution;

/// <summary>Sums of numbers over all processes of a group, in an order that depends on nothing but the number of terms.</summary>
/// <remarks>
/// <para>
/// The terms are those of the processes, in the order of their ranks. Neighbours are added first, then neighbouring sums, as long as the number of sums is even; what is left is added from left to right
/// (<see cref="PartSum"/> is the same for terms within a process). So a sum of 8 terms has the same bits in 1, 2, 4 and 8 processes.
/// </para>
/// <para>
/// Each process adds up only its share of the numbers and then distributes the result (reduce-scatter by recursive halving and all-gather by recursive doubling: Thakur, Rabenseifner and Gropp 2005,
/// "Optimization of collective communication operations in MPICH"). It sends about twice the numbers, however many processes there are; the order costs nothing.
/// </para>
/// </remarks>
/// <param name="group">The processes.</param>
internal sealed class OrderedSum(IProcessGroup group)
{
    private readonly int _square = group.Count & -group.Count; // the largest power of 2 that divides the number of processes
    private float[] _received = [];

    /// <summary>Replaces the numbers by their sums over all processes.</summary>
    internal void Run(Span<float> numbers)
    {
        var steps = new Stack<(int Partner, int Start, int Middle, int End, bool IsUpper)>();
        (int start, int end) = (0, numbers.Length);
        for (int bit = 1; bit < _square; bit <<= 1)
        {
            (int partner, int middle, bool isUpper) = (group.Rank ^ bit, start + ((end - start) / 2), (group.Rank & bit) != 0);
            steps.Push((partner, start, middle, end, isUpper));
            Span<float> lower = numbers[start..middle], upper = numbers[middle..end];
            Add(partner, isUpper ? lower : upper, isUpper ? upper : lower);
            (start, end) = isUpper ? (middle, end) : (start, middle);
        }

        AddBlocks(numbers[start..end]);
        foreach ((int partner, int first, int middle, int last, bool isUpper) in steps)
        {
            Span<float> lower = numbers[first..middle], upper = numbers[middle..last];
            group.Exchange(partner, MemoryMarshal.AsBytes(isUpper ? upper : lower), partner, MemoryMarshal.AsBytes(isUpper ? lower : upper));
        }
    }

    private void Add(int partner, ReadOnlySpan<float> sent, Span<float> kept)
    {
        Span<float> received = Received(kept.Length);
        group.Exchange(partner, MemoryMarshal.AsBytes(sent), partner, MemoryMarshal.AsBytes(received));
        SumKernel.Add(kept, received); // both partners get the same bits, since addition commutes
    }

    // Where the number of processes is not a power of 2: the sums of blocks of processes, from left to right.
    private void AddBlocks(Span<float> numbers)
    {
        int blocks = group.Count / _square;
        if (blocks == 1)
        {
            return;
        }

        (int own, int place) = Math.DivRem(group.Rank, _square);
        Span<float> all = Received(blocks * numbers.Length);
        numbers.CopyTo(all[(own * numbers.Length)..]);
        for (int distance = 1; distance < blocks; distance++)
        {
            (int to, int from) = ((own + distance) % blocks, (own + blocks - distance) % blocks);
            group.Exchange(
                (to * _square) + place, MemoryMarshal.AsBytes<float>(numbers), (from * _square) + place, MemoryMarshal.AsBytes(all.Slice(from * numbers.Length, numbers.Length)));
        }

        all[..numbers.Length].CopyTo(numbers);
        for (int block = 1; block < blocks; block++)
        {
            SumKernel.Add(numbers, all.Slice(block * numbers.Length, numbers.Length));
        }
    }

    private Span<float> Received(int length)
    {
        if (_received.Length < length)
        {
            _received = new float[length];
        }

        return _received.AsSpan(0, length);
    }
}

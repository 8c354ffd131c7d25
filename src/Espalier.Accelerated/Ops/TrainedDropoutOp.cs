using Espalier.Graphs;
using Espalier.Tensors;
using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Dropout in training: the mask is a function of step, node and place in the batch, and is computed again backward.</summary>
internal sealed class TrainedDropoutOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    private const double Steps = 1UL << 53; // of the uniform numbers that are compared

    private readonly Dropout _op = (Dropout)node.Op;

    internal override bool ReadsInputsBackward => false;

    internal override void Forward(ForwardCall call) => Run(call, call.Inputs[0], new GradientTarget(call.Output, adds: false));

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0].IsNeeded)
        {
            Run(call.Forward, call.Gradient, call.InputGradients[0]);
        }
    }

    private void Run(ForwardCall call, ArrayView<float> from, GradientTarget to)
    {
        double kept = 1 - _op.Probability;
        Device.Run(Drop, (long)call.Samples * OutputShape.Length, new Dropped(
            from, call.Pass!.Places(call.Trained!.Need), call.Pass.Draws.Of(Node), OutputShape.Length, (ulong)Math.Ceiling(kept * Steps), (float)(1 / kept), to));
    }

    internal readonly struct Dropped(ArrayView<float> from, ArrayView<int> places, CounterRandom random, int length, ulong kept, float factor, GradientTarget to)
    {
        internal readonly ArrayView<float> From = from;
        internal readonly ArrayView<int> Places = places;
        internal readonly CounterRandom Random = random;
        internal readonly int Length = length;
        internal readonly ulong Kept = kept;
        internal readonly float Factor = factor;
        internal readonly GradientTarget To = to;
    }

    private static void Drop(Index1D i, Dropped call)
    {
        ulong index = ((ulong)call.Places[i / call.Length] * (ulong)call.Length) + (ulong)(i % call.Length);
        call.To.Store(i, call.Random.Bits(index) >> 11 < call.Kept ? call.From[i] * call.Factor : 0);
    }
}

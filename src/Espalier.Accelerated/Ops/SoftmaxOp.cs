using Espalier.Graphs;
using ILGPU;
using ILGPU.Algorithms;

namespace Espalier.Accelerated;

/// <summary>Softmax over all channels of a vector, or over the groups of channels that have the same place in them.</summary>
internal sealed class SoftmaxOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override bool ReadsInputsBackward => false;

    internal override bool ReadsOutputBackward => true;

    internal override void Forward(ForwardCall call)
    {
        Sets sets = SetsOf(call.Samples);
        Device.Run(Run, sets.Count, new Call(call.Inputs[0], default, sets, new GradientTarget(call.Output, adds: false)));
    }

    internal override void Backward(BackwardCall call)
    {
        if (call.InputGradients[0] is { IsNeeded: true } target)
        {
            Sets sets = SetsOf(call.Samples);
            Device.Run(Gradient, sets.Count, new Call(call.Forward.Output, call.Gradient, sets, target));
        }
    }

    private Sets SetsOf(int samples) => Sets.Across(samples, OutputShape.Length, Node.Op is RadixSoftmax op ? op.Radix : OutputShape.Channels);

    internal readonly struct Call(ArrayView<float> values, ArrayView<float> gradient, Sets sets, GradientTarget result)
    {
        internal readonly ArrayView<float> Values = values, Gradient = gradient;
        internal readonly Sets Sets = sets;
        internal readonly GradientTarget Result = result;
    }

    private static void Run(Index1D set, Call call)
    {
        float greatest = float.NegativeInfinity, sum = 0;
        for (int i = 0; i < call.Sets.Members; i++)
        {
            float value = call.Values[call.Sets.At(set, 0, i)];
            greatest = value > greatest ? value : greatest; // NaN makes the sum NaN
        }

        for (int i = 0; i < call.Sets.Members; i++)
        {
            sum += XMath.Exp(call.Values[call.Sets.At(set, 0, i)] - greatest);
        }

        for (int i = 0; i < call.Sets.Members; i++)
        {
            int at = call.Sets.At(set, 0, i);
            call.Result.Store(at, XMath.Exp(call.Values[at] - greatest) / sum);
        }
    }

    // dx = y·(dy − Σ y·dy).
    private static void Gradient(Index1D set, Call call)
    {
        float sum = 0;
        for (int i = 0; i < call.Sets.Members; i++)
        {
            int at = call.Sets.At(set, 0, i);
            sum += call.Values[at] * call.Gradient[at];
        }

        for (int i = 0; i < call.Sets.Members; i++)
        {
            int at = call.Sets.At(set, 0, i);
            call.Result.Store(at, call.Values[at] * (call.Gradient[at] - sum));
        }
    }
}
